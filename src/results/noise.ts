/**
 * Lines every run prints, whatever its notebook does: the debugger's warning, what nbconvert says while it saves, pip's
 * standing complaint. Source: public run logs, as of 2026-11-23.
 */
const NOISE: readonly RegExp[] = [
  /^0\.\d\ds - (?:Debugger warning|make the debugger|to python to disable|Note: Debugging)/,
  /^\[NbConvertApp\] /,
  /mistune\.py:\d+: SyntaxWarning/,
  /filter_links\.py:\d+: SyntaxWarning/,
  /traitlets\.py:\d+: FutureWarning: --Exporter\.preprocessors/,
  /^\s+warn\($/,
  /Unable to register cu(?:DNN|BLAS|FFT) factory/,
  /requires .{1,200}, (?:but you have .{1,120} which is incompatible|which is not installed)\./,
  /^ERROR: pip's dependency resolver does not currently take into account/,
];

/** These two quote a line of source after themselves. */
const QUOTES_NEXT = /(?:mistune|filter_links)\.py:\d+: SyntaxWarning/;

/** Where nbconvert begins to save: what follows is never the notebook's. */
export const SAVE_STEP =
  /^\[NbConvertApp\] |(?:mistune|filter_links)\.py:\d+: SyntaxWarning|traitlets\.py:\d+: FutureWarning: --Exporter/;

/** A word of each of them: most lines have none and cost one look. */
const MAY_BE = /^0\.\d|^\[Nb|^\s+warn|^ERROR: pip|\.py:\d|Unable to reg|requires /;

export const isNoise = (line: string): boolean => MAY_BE.test(line) && NOISE.some((pattern) => pattern.test(line));

/** Whether `line` is noise, given the line before it. */
export const isNoiseAfter = (line: string, before: string | null): boolean =>
  isNoise(line) || (before !== null && QUOTES_NEXT.test(before) && /^\s/.test(line));
