/** An event with all its parts; the parts that are only printed are JSON text (api.md §3.4). */
export interface Described {
  ms: number;
  requestId: string;
  requestType: string | null;
  /** JSON text after `"performer":`, or null when the key is absent. */
  performer: string | null;
  performerId: string | null;
  performerType: string | null;
  ip: string | null;
  type: string;
  targetType: string;
  /** undefined: the key is absent. */
  targetId: number | null | undefined;
  meta: string;
  /** event_time without milliseconds, as one awkward record has it. */
  bareTime?: boolean;
}

const ms3 = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, "0"));
let lastSecond = -1;
let lastPrefix = "";

/** Writes one event as JSON (api.md §3.4, §6.6). */
export function eventText(e: Described, organizationId: number): string {
  const second = Math.floor(e.ms / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastPrefix = new Date(second * 1000).toISOString().slice(0, 19);
  }
  const time = e.bareTime ? `${lastPrefix}Z` : `${lastPrefix}.${ms3[e.ms - second * 1000]}Z`;
  const performer = e.performer === null ? "" : `"performer":${e.performer},`;
  const target = e.targetId === undefined ? "" : `"target_id":${e.targetId},`;
  const requestType = e.requestType === null ? "null" : `"${e.requestType}"`;
  return `{"organization_id":${organizationId},"event_time":"${time}","request":{"id":"${e.requestId}","type":${requestType}},${performer}"event":{"type":"${e.type}",${target}"target_type":"${e.targetType}","meta":${e.meta}}}`;
}
