/** What a file is by its first bytes, for those kinds people attach by mistake. */

const starts = (bytes: Uint8Array, ...head: number[]): boolean => head.every((byte, index) => bytes[index] === byte);
const ascii = (bytes: Uint8Array, from: number, text: string): boolean =>
  [...text].every((char, index) => bytes[from + index] === char.charCodeAt(0));

/**
 * Recognises archives, pictures, documents and models by their magic bytes, whatever the file is called.
 * Sources: the formats' own specifications; tar has `ustar` at byte 257 (POSIX).
 */
export function isForeignFormat(bytes: Uint8Array): boolean {
  return (
    ascii(bytes, 0, 'PK\u0003\u0004') || // zip, docx, xlsx, npz, .pt
    ascii(bytes, 0, 'PK\u0005\u0006') ||
    starts(bytes, 0x1f, 0x8b) || // gzip
    ascii(bytes, 0, 'BZh') ||
    starts(bytes, 0xfd, 0x37, 0x7a, 0x58, 0x5a) || // xz
    starts(bytes, 0x28, 0xb5, 0x2f, 0xfd) || // zstd
    starts(bytes, 0x37, 0x7a, 0xbc, 0xaf) || // 7z
    ascii(bytes, 0, 'Rar!') ||
    ascii(bytes, 257, 'ustar') ||
    starts(bytes, 0x89, 0x50, 0x4e, 0x47) || // png
    starts(bytes, 0xff, 0xd8, 0xff) || // jpeg
    ascii(bytes, 0, 'GIF8') ||
    (ascii(bytes, 0, 'RIFF') && ascii(bytes, 8, 'WEBP')) ||
    ascii(bytes, 0, '%PDF') ||
    ascii(bytes, 0, '\u007fELF') ||
    ascii(bytes, 0, 'MZ\u0090') ||
    starts(bytes, 0x89, 0x48, 0x44, 0x46) || // hdf5
    ascii(bytes, 0, 'PAR1') ||
    ascii(bytes, 0, 'SQLite format 3')
  );
}
