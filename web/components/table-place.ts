/** Which rows are in sight: the bar beside them reaches only to what is loaded. */
export function placeOf(
  offset: number,
  height: number,
  size: number,
  rows: number,
): { from: number; to: number } {
  const from = Math.min(rows, Math.floor(offset / size) + 1);
  return { from, to: Math.max(from, Math.min(rows, Math.ceil((offset + height) / size))) };
}
