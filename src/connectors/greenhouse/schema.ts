/**
 * Greenhouse's words, checked: the rows of Harvest v3 (api.md §2.5) and v1 (§1.5). Tolerant of null, "" and of what
 * is documented as optional; strict about a field whose silent loss would be a lie: a renamed e-mail field must not
 * look like users without e-mail, nor a missing department like "every department".
 */
import { z } from "zod";

const MAX_ID = 2n ** 63n - 1n;

/** A 64-bit id, as a number or digits; from here on an exact string. */
export const GreenhouseId = z
  .union([z.number(), z.string()], { error: "not an ID" })
  .transform((value, context) => {
    const digits =
      typeof value === "number" ? (Number.isSafeInteger(value) ? String(value) : "") : value.trim();
    if (/^\d{1,19}$/.test(digits)) {
      const id = BigInt(digits);
      if (id > 0n && id <= MAX_ID) return id.toString();
    }
    context.addIssue({ code: "custom", message: "not an ID" });
    return z.NEVER;
  });

const NO_ID = new Set<unknown>([null, undefined, ""]);
/** null, "" and missing mean none. */
const OptionalId = z.preprocess((value) => (NO_ID.has(value) ? null : value), GreenhouseId.nullable());
/** null means none; missing means that the field has another name now. */
const NullableId = z.preprocess((value) => (value === "" ? null : value), GreenhouseId.nullable());

const Flag = z.boolean({ error: "not true or false" });
const OptionalFlag = Flag.nullish().transform((value) => value ?? null);

/** Trimmed; "" is null. */
const Text = z
  .union([z.string(), z.number().transform(String)], { error: "not text" })
  .nullable()
  .transform((value) => value?.trim() || null);
const OptionalText = z.preprocess((value) => value ?? null, Text);

const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;
const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/** An ISO-8601 time as ms; one without a zone is UTC. */
export function milliseconds(text: string): number | null {
  const trimmed = text.trim();
  if (!DATE.test(trimmed)) return null;
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/i.test(trimmed) || trimmed.length === 10 ? trimmed : `${trimmed}Z`;
  const at = Date.parse(zoned);
  // Date.parse rolls 30 February over into March: the day must come back as it was written.
  const day = Date.parse(`${trimmed.slice(0, 10)}T00:00:00Z`);
  if (
    Number.isNaN(at) ||
    Number.isNaN(day) ||
    new Date(day).toISOString().slice(0, 10) !== trimmed.slice(0, 10)
  )
    return null;
  return at >= EARLIEST && at < LATEST ? at : null;
}

const Time = z.preprocess(
  (value) => value || null,
  z
    .string({ error: "not a date" })
    .nullable()
    .transform((value, context) => {
      const at = value === null ? null : milliseconds(value);
      if (value !== null && at === null) {
        context.addIssue({ code: "custom", message: "not a date" });
        return z.NEVER;
      }
      return at;
    }),
);

const Ids = z
  .array(GreenhouseId, { error: "not a list of IDs" })
  .nullable()
  .transform((ids) => [...new Set(ids ?? [])]);
const Emails = z
  .array(z.string({ error: "not text" }).nullable(), { error: "not a list of addresses" })
  .nullable()
  .transform((emails) => emails ?? []);
const Nested = z.object({ id: GreenhouseId });
/** v1 embeds whole departments and offices; only their ids are ours. */
const NestedIds = z
  .array(Nested, { error: "not a list of objects" })
  .nullable()
  .transform((rows) => [...new Set((rows ?? []).map((row) => row.id))]);

/** null means none; missing means that the field has another name now. */
const told = <T extends z.ZodType>(type: T) =>
  z.preprocess((value, context) => {
    if (value === undefined) context.addIssue({ code: "custom", message: "missing" });
    return value;
  }, type);
const ToldTime = told(Time);

const V3Dates = { created_at: Time, updated_at: Time };

export const V3User = z.object({
  id: GreenhouseId,
  first_name: OptionalText,
  last_name: OptionalText,
  name: OptionalText,
  primary_email: Text,
  emails: Emails,
  job_title: OptionalText,
  employee_id: OptionalText,
  deactivated: Flag,
  site_admin: Flag,
  agency_id: OptionalId,
  office_ids: Ids,
  department_ids: Ids,
  ...V3Dates,
});
export const V3UserEmail = z.object({ id: GreenhouseId, user_id: GreenhouseId, email: Text, verified: Flag });
export const V3Role = z.object({ id: GreenhouseId, name: Text, role_type: OptionalText });
/** The same on v1, whose further fields aren't stored. */
export const Department = z.object({
  id: GreenhouseId,
  name: Text,
  parent_id: OptionalId,
  external_id: OptionalText,
});
/** Plain text; on v1 an object. */
const Place = z
  .union([z.object({ name: OptionalText }).transform((place) => place.name), OptionalText], {
    error: "not a place",
  })
  .optional()
  .transform((place) => place ?? null);
export const Office = Department.extend({ location: Place });
export const V3Job = z.object({
  id: GreenhouseId,
  name: Text,
  status: OptionalText,
  confidential: OptionalFlag,
  department_id: OptionalId,
  office_ids: Ids.optional().transform((ids) => ids ?? []),
});
export const V3JobGrant = z.object({
  id: GreenhouseId,
  user_id: GreenhouseId,
  job_id: GreenhouseId,
  role_id: NullableId,
  automated: OptionalFlag,
  created_at: Time,
});
export const V3FutureJobGrant = z.object({
  id: GreenhouseId,
  user_id: GreenhouseId,
  role_id: NullableId,
  department_id: NullableId,
  office_id: NullableId,
  created_at: Time,
});

/** Rows of recruiting: who, when, and when the row was last changed. Whatever else they hold is dropped here. */
const V3Touched = { id: GreenhouseId, updated_at: Time };
export const V3Scorecard = z.object({
  ...V3Touched,
  submitter_id: NullableId,
  submitted_at: ToldTime,
  interviewer_id: OptionalId,
  interviewed_at: Time,
});
export const V3Interview = z.object({ ...V3Touched, organizer_id: NullableId, scheduled_at: ToldTime });
export const V3Interviewer = z.object({
  ...V3Touched,
  user_id: NullableId,
  response_status: told(OptionalText),
  created_at: Time,
});
export const V3Approver = z.object({ ...V3Touched, resolved_by_id: NullableId, resolved_at: ToldTime });
export const V3Rejection = z.object({ ...V3Touched, rejected_by_id: NullableId, rejected_at: ToldTime });

export const V1User = z.object({
  id: GreenhouseId,
  first_name: OptionalText,
  last_name: OptionalText,
  name: OptionalText,
  primary_email_address: Text,
  emails: Emails,
  employee_id: OptionalText,
  disabled: Flag,
  site_admin: Flag,
  offices: NestedIds,
  departments: NestedIds,
  ...V3Dates,
});
export const V1Role = z.object({ id: GreenhouseId, name: Text, type: OptionalText });
export const V1Job = z.object({
  id: GreenhouseId,
  name: Text,
  status: OptionalText,
  confidential: OptionalFlag,
  departments: z
    .array(Nested.nullable(), { error: "not a list of objects" })
    .nullish()
    .transform((rows) => rows?.find((row) => row !== null)?.id ?? null),
  offices: NestedIds.optional().transform((ids) => ids ?? []),
});
export const V1JobGrant = z.object({
  id: GreenhouseId,
  user_id: OptionalId,
  job_id: GreenhouseId,
  user_role_id: NullableId,
});
export const V1FutureJobGrant = z.object({
  id: GreenhouseId,
  user_id: OptionalId,
  user_role_id: NullableId,
  department_id: NullableId,
  office_id: NullableId,
});
