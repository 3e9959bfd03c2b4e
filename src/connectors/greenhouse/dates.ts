/** A moment as all of Greenhouse's APIs are known to take it: whole seconds and Z (api.md §2.2, §3.3). The second it lies in. */
export function inSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
