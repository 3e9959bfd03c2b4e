import { hash } from "../random.ts";
import type { Ids } from "./ids.ts";
import type { Specials } from "./specials.ts";
import type { BulkRequest, OrgSizes } from "./types.ts";

const day = 86_400_000;

/** A UUID from the seed and a number. */
export function uuidOf(seed: number, n: number): string {
  const hex = [1, 2, 3, 4].map((salt) => hash(seed, n, 120, salt).toString(16).padStart(8, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** What others asked for in bulk before: finished, failed in part, and one that hangs. */
export function makeBulkRequests(ids: Ids, { seed, anchor }: OrgSizes, { ada }: Specials): BulkRequest[] {
  const made = (i: number, over: Partial<BulkRequest>): BulkRequest => {
    const createdAt = anchor - (20 - i * 5) * day;
    return {
      id: ids.of("bulk", i),
      createdAt,
      updatedAt: createdAt + 90_000,
      uuid: uuidOf(seed, i),
      endpoint: "/v3/users/bulk",
      status: "completed",
      records: 12,
      succeeded: 12,
      failed: 0,
      requestedBy: ada.id,
      completedAt: createdAt + 90_000,
      callback: null,
      ...over,
    };
  };
  return [
    made(0, { callback: { url: "https://hooks.example.net/bulk", response: "200" } }),
    made(1, {
      endpoint: "/v3/users/deactivate/bulk",
      records: 3,
      succeeded: 2,
      failed: 1,
      requestedBy: null,
    }),
    made(2, { status: "building", succeeded: 0, completedAt: null }),
  ];
}
