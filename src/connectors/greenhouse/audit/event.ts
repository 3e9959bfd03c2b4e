import { z } from "zod";
import type { EventRecord, UnreadableRecord } from "../../../model/records.ts";
import { LONGEST_ADDRESS, shortened } from "../../../model/text.ts";
import { replacedField } from "../../json.ts";
import { milliseconds } from "../schema.ts";
import { EqualEvents, identityHash } from "./hash.ts";
import { redactMeta, redactRequestType } from "./redact.ts";

/** A string, or an integer of any size, as an exact string. Anything else: nothing told. */
const Name = z
  .union([z.string(), z.number().transform(String), z.bigint().transform(String)])
  .nullish()
  .catch(null)
  .transform((value) => (value === undefined || value === "" ? null : value));

const Part = <S extends z.ZodRawShape>(shape: S) => z.object(shape).nullish().catch(null);

/** An event as Greenhouse gives it (api.md §3.4). Only its time must be there: without one it has no place. */
const AuditEvent = z.object({
  organization_id: Name,
  event_time: z.string().transform((text, context) => {
    const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? milliseconds(text) : null;
    if (at !== null) return at;
    context.addIssue({ code: "custom", message: "not a time" });
    return z.NEVER;
  }),
  request: Part({ id: Name, type: Name }),
  performer: Part({ id: Name, type: Name, ip_address: Name, meta: z.unknown().optional() }),
  event: Part({ type: Name, target_type: Name, target_id: Name, meta: z.unknown().optional() }),
});

/** Reads the events of one listing, in its order. One for each listing: it numbers equal events. */
export class EventReader {
  readonly #key: string;
  readonly #equal = new EqualEvents();

  /** `key`: 32 bytes of the connection's own. */
  constructor(key: Uint8Array) {
    this.#key = Buffer.from(key).toString("hex");
  }

  /** `invalidUtf8`: bytes of the answer were replaced by U+FFFD. What is replaced would make another event of it. */
  read(raw: unknown, invalidUtf8 = false): EventRecord | UnreadableRecord {
    const parsed = AuditEvent.safeParse(raw);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      return {
        id: null,
        field: issue?.path.join(".") || "event",
        reason: issue?.message ?? "not an event",
      };
    }
    const { organization_id: organizationId, event_time: at, request, performer, event } = parsed.data;
    const identity = {
      organizationId,
      at,
      requestId: request?.id ?? null,
      requestType: request?.type ?? null,
      performerType: performer?.type ?? null,
      performerId: performer?.id ?? null,
      type: event?.type ?? null,
      targetType: event?.target_type ?? null,
      targetId: event?.target_id ?? null,
      meta: event?.meta ?? null,
    };
    const replaced = invalidUtf8 ? replacedField(identity) : null;
    if (replaced !== null) return { id: null, field: replaced, reason: "not UTF-8" };
    const hash = identityHash(this.#key, identity);
    const short = (text: string | null | undefined) => (text == null ? null : shortened(text));
    return {
      organizationId,
      at,
      hash,
      n: this.#equal.number(at, hash),
      requestId: short(identity.requestId),
      requestType: identity.requestType === null ? null : redactRequestType(identity.requestType),
      performerType: short(identity.performerType),
      performerId: short(identity.performerId),
      performerEmail: emailOf(performer?.meta),
      ip: short(performer?.ip_address),
      type: short(identity.type),
      targetType: short(identity.targetType),
      targetId: short(identity.targetId),
      meta: redactMeta(identity.meta, identity.targetType),
    };
  }
}

/** `performer.meta` is `{name, username}`, or by the docs' prose the address itself (api.md §3.4). Lower case. */
function emailOf(meta: unknown): string | null {
  const told = typeof meta === "object" && meta !== null ? (meta as { username?: unknown }).username : meta;
  if (typeof told !== "string" || told.length > LONGEST_ADDRESS) return null;
  return /^[^\s@]+@[^\s@]+$/.test(told.trim()) ? told.trim().toLowerCase() : null;
}
