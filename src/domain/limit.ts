/**
 * Reads a time limit as people write it: `90m`, `9h`, `1h30`, `1h 30m`, `2.5h`.
 * @returns minutes (whole, at least 1), or null when it cannot be read.
 */
export function parseLimit(text: string): number | null {
  const said = text.trim().toLowerCase().replace(',', '.');
  const whole = /^(?:(\d{1,3}(?:\.\d{1,2})?)\s*h(?:ours?|rs?)?)?\s*(?:(\d{1,4})\s*(?:m(?:in(?:ute)?s?)?)?)?$/.exec(
    said,
  );
  if (whole === null || (whole[1] === undefined && whole[2] === undefined)) return null;
  // A bare number says neither hours nor minutes.
  if (whole[1] === undefined && /^\d+$/.test(said)) return null;
  const minutes = Math.round(Number(whole[1] ?? 0) * 60 + Number(whole[2] ?? 0));
  return minutes >= 1 ? minutes : null;
}

/** `9 h`, `90 min`, `1 h 30 min`: the way limits are written on the card. */
export function formatLimit(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0 || (hours === 1 && rest !== 0 && minutes < 120 && rest === 30)) return `${minutes}\u00a0min`;
  return rest === 0 ? `${hours}\u00a0h` : `${hours}\u00a0h ${rest}\u00a0min`;
}
