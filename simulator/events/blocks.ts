import type { Org } from "../org/org.ts";
import type { User } from "../org/types.ts";
import { aliasTable, fraction, hash } from "../random.ts";
import type { Visits } from "../recruiting/visits.ts";
import type { Calendar } from "./calendar.ts";
import { dayMs, hasPinned, localActivity, pinnedAt, pinnedCount } from "./calendar.ts";

/** What kind of event it is; the numbers 100… are the pinned awkward ones of api.md §6.6. */
export const kinds = {
  pageView: 0,
  update: 1,
  create: 2,
  destroy: 3,
  action: 4,
  apiAccess: 5,
  internal: 6,
  nobody: 7,
  missing: 8,
  service: 9,
  userAccess: 10,
  unknownType: 11,
  stranger: 12,
  pinned: 100,
} as const;
/** Kinds done by a person of the organization. */
const personal = (kind: number): boolean => kind <= kinds.action || kind === kinds.userAccess;
/** Kinds that count as human use: performer.type user and not harvest_access (api.md §7). */
export const countsAsUse = (kind: number): boolean => kind <= kinds.action || kind === kinds.pinned;

/** The events of one block of time, oldest first, as columns; `order` is used up by sorting. */
interface Block {
  n: number;
  ms: Float64Array;
  kind: Uint8Array;
  /** Place in org.actors for personal kinds, else 0. */
  actor: Int32Array;
  /** Same for all events of one request. */
  request: Uint32Array;
  /** Which event of its request this is. */
  part: Uint8Array;
  order: Uint16Array;
}

/** Makes the events of any block from the seed alone. */
export interface Generator {
  /** Fills and returns a shared block: use it before the next call. */
  block(day: number, index: number): Block;
}

/** How many of a thousand requests are of which kind. */
const chances: [number, number][] = [
  [kinds.pageView, 460],
  [kinds.update, 200],
  [kinds.create, 70],
  [kinds.destroy, 20],
  [kinds.action, 90],
  [kinds.apiAccess, 130],
  [kinds.internal, 7],
  [kinds.nobody, 6],
  [kinds.missing, 4],
  [kinds.service, 5],
  [kinds.userAccess, 4],
  [kinds.unknownType, 3],
  [kinds.stranger, 1],
];
const kindOf = Uint8Array.from({ length: 1000 }, (_, i) => {
  let left = i;
  for (const [kind, chance] of chances) {
    left -= chance;
    if (left < 0) return kind;
  }
  return kinds.pageView;
});

/** Whether a person can have acted at a moment: employed, not stopped, not in a gap. */
export function couldAct(user: User, ms: number): boolean {
  return ms >= user.actsFrom && ms < user.actsUntil && !user.gaps.some(([from, to]) => ms >= from && ms < to);
}

/** `able` tells who can have acted at a moment; `visits` are the days of people who only interview. */
export function makeGenerator(
  org: Org,
  calendar: Calendar,
  visits: Visits,
  able: (user: User, ms: number) => boolean = couldAct,
): Generator {
  const { seed } = org.sizes;
  const actors = org.actors;
  const weights = actors.map((user) => (user.service ? 0 : user.weight));
  const table = aliasTable(weights);
  const zones = Float32Array.from(actors, (user) => user.zone);
  const silent = actors.flatMap((user, i) =>
    user.weight === 0 && !user.service && !user.deactivated ? [i] : [],
  );
  const { specials } = org;
  const indexOf = (user: User): number => actors.indexOf(user);
  const [zoe, bo] = [indexOf(specials.zoe), indexOf(specials.bo)];
  const room = 4096;
  const block: Block = {
    n: 0,
    ms: new Float64Array(room),
    kind: new Uint8Array(room),
    actor: new Int32Array(room),
    request: new Uint32Array(room),
    part: new Uint8Array(room),
    order: new Uint16Array(room),
  };

  /** A person who is at work then, or -1: nights and weekends find nobody, and an API key acts instead. */
  const person = (h: number, ms: number): number => {
    if (!table) return -1;
    const day = Math.floor(ms / dayMs);
    const hour = (ms % dayMs) / 3_600_000;
    for (let attempt = 0; attempt < 6; attempt++) {
      const h1 = hash(h, attempt, 30);
      const i = table.draw(h1, hash(h, attempt, 31));
      const local = (hour + (zones[i] as number) + 24) % 24;
      const atWork = (h1 >>> 8) / 16777216 < localActivity(local) && hash(seed, i, day, 32) % 9 !== 0;
      if (atWork && able(actors[i] as User, ms)) return i;
    }
    return -1;
  };

  const sort = (n: number): void => {
    const { order, ms } = block;
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = 1; i < n; i++) {
      const moving = order[i] as number;
      const at = ms[moving] as number;
      let j = i - 1;
      for (; j >= 0 && (ms[order[j] as number] as number) > at; j--) order[j + 1] = order[j] as number;
      order[j + 1] = moving;
    }
  };

  const put = (i: number, ms: number, kind: number, actor: number, request: number, part: number): void => {
    block.ms[i] = ms;
    block.kind[i] = kind;
    block.actor[i] = actor;
    block.request[i] = request;
    block.part[i] = part;
  };

  return {
    block(day, index) {
      const { before } = calendar.day(day);
      const n = (before[index + 1] as number) - (before[index] as number);
      const start = day * dayMs + index * calendar.blockMs;
      const end = start + calendar.blockMs - 1;
      let i = 0;
      if (hasPinned(day) && index === Math.floor(pinnedAt / calendar.blockMs)) {
        const base = hash(seed, day, 40);
        for (; i < pinnedCount; i++)
          put(
            i,
            Math.min(end, day * dayMs + pinnedAt + (pinnedOffsets[i] as number)),
            kinds.pinned + i,
            i === 0 ? zoe : i === 6 ? bo : 0,
            base + i - (i === 3 ? 1 : 0),
            i === 3 ? 1 : 0,
          );
      }
      for (const [at, actor] of visits.events(day)) {
        if (Math.floor((at - day * dayMs) / calendar.blockMs) !== index) continue;
        const acts = able(actors[actor] as User, at);
        put(
          i++,
          at,
          acts ? kinds.pageView : kinds.apiAccess,
          acts ? actor : 0,
          hash(seed, day, actor, 91 + i),
          0,
        );
      }
      for (let k = 0; i < n; k++) {
        const request = hash(seed, day, index, 1000 + k);
        const at = start + Math.floor(fraction(request, 1) * calendar.blockMs);
        let kind = kindOf[hash(request, 2) % 1000] as number;
        let actor = 0;
        if (kind === kinds.userAccess) {
          actor = silent.length > 0 ? (silent[day % silent.length] as number) : -1;
          if (actor < 0 || !able(actors[actor] as User, at)) actor = -1;
        } else if (personal(kind)) actor = person(request, at);
        if (actor < 0) [kind, actor] = [kinds.apiAccess, 0];
        // One request often leaves several events, some in the very same millisecond (api.md §3.4).
        const spread = hash(request, 3);
        const many =
          kind >= kinds.update && kind <= kinds.destroy
            ? spread % 16 < 10
              ? 1
              : spread % 16 < 14
                ? 2
                : 5
            : 1;
        for (let part = 0; part < many && i < n; part++, i++)
          put(i, Math.min(end, at + (spread & 32 ? 0 : part)), kind, actor, request, part);
      }
      block.n = n;
      sort(n);
      return block;
    },
  };
}

/** The pinned events lie this far from the pinned moment; 2, 3 and 4 share a millisecond. */
const pinnedOffsets = [900, 217, 217, 217, 100, 99, 0];
