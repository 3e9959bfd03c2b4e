/** Sync runs: starting, stopping, following, looking back. */
import { z } from "zod";
import { RUN_TRIGGERS } from "../../model/asked.ts";
import { LANE_NAMES, STREAMS } from "../../model/stream.ts";
import { ConnectionParams, endpoint, PageQuery, plainList, Time } from "./kit.ts";

const Outcome = z
  .string()
  .nullable()
  .describe("`complete`, `partial`, `failed`, `stopped` (goes on at the next sync); null: running");
const Fault = z.unknown().nullable().describe("what failed, with endpoint, status and request id");

export const StepView = z
  .object({
    stream: z.enum(STREAMS),
    outcome: Outcome,
    startedAt: Time,
    endedAt: Time.nullable(),
    rows: z.number(),
    added: z.number(),
    changed: z.number(),
    removed: z.number(),
    unreadable: z.array(z.object({ id: z.string().nullable(), field: z.string(), reason: z.string() })),
    requests: z.number(),
    waitedMs: z.number(),
    error: Fault,
  })
  .meta({ id: "Step" });

export const RunView = z
  .object({
    id: z.number(),
    lane: z.enum(LANE_NAMES),
    trigger: z
      .enum(RUN_TRIGGERS)
      .describe(
        "`request`: a sync was asked for; `connect`: the first after connecting; `credential`: it was replaced; " +
          "`settings`: a stream was switched on; `users_back`: users, for which it had waited, can be read again; `action`: one of ours has changed something",
      ),
    by: z
      .string()
      .nullable()
      .describe(
        "who wanted it, as they were called then: a member, `the command line`, or `a link of` a member; of several who " +
          "waited for one run the first; null: nobody in particular",
      ),
    byToken: z
      .string()
      .nullable()
      .describe("the API token it was asked for with, by name; only admins are told"),
    startedAt: Time,
    endedAt: Time.nullable(),
    outcome: Outcome,
    requests: z.number(),
    waitedMs: z.number(),
    throttled: z.number().describe("answers with status 429"),
    error: Fault,
    steps: z.array(StepView),
  })
  .meta({ id: "Run" });
export type RunView = z.output<typeof RunView>;

const lane = z.enum(LANE_NAMES);
const stream = z.enum(STREAMS);
export const ProgressEvent = z.discriminatedUnion("type", [
  z.object({ type: z.literal("run"), run: z.number(), lane, outcome: Outcome }),
  z.object({
    type: z.literal("stream"),
    run: z.number(),
    lane,
    stream,
    label: z.string(),
    state: z.enum(["waiting", "reading", "done", "failed"]),
    rows: z.number(),
    expectedRows: z.number().nullable(),
    requests: z.number(),
    waitedMs: z.number(),
    waitingUntil: Time.nullable(),
    remainingMs: z.number().nullable(),
    note: z.string().nullable(),
  }),
  z.object({ type: z.literal("idle") }),
]);
export type ProgressEvent = z.output<typeof ProgressEvent>;

const group = "Sync";
const params = ConnectionParams;

export const startSync = endpoint({
  method: "POST",
  path: "/connections/{c}/sync",
  needs: "operator",
  group,
  status: 202,
  summary: "Syncs now. Joins a run that is under way, which then lists once more.",
  params,
  body: z
    .object({
      lanes: z.array(lane).min(1).optional(),
      streams: z.array(stream).min(1).optional().describe("only these; their lanes follow"),
      full: z.boolean().default(false).describe("read everything again"),
    })
    .strict(),
  answer: z.object({
    items: z.array(
      z.object({
        lane,
        run: z.number().nullable().describe("null: begins as soon as a worker is free"),
        joined: z.boolean(),
      }),
    ),
  }),
  errors: ["invalid_request", "connection_not_found", "connection_paused", "connection_frozen", "no_worker"],
});
export const stopSync = endpoint({
  method: "POST",
  path: "/connections/{c}/sync/stop",
  needs: "operator",
  group,
  summary: "Stops the connection's runs at their next safe point; the next sync goes on from there.",
  params,
  answer: z.object({ stopped: z.literal(true) }),
  errors: ["connection_not_found"],
});
export const progress = endpoint({
  method: "GET",
  path: "/connections/{c}/progress",
  needs: "viewer",
  group,
  summary: "Follows what is under way until nothing is.",
  params,
  answer: z.object({ idle: z.literal(true) }),
  stream: ProgressEvent,
  errors: ["connection_not_found"],
});
export const listRuns = endpoint({
  method: "GET",
  path: "/connections/{c}/runs",
  needs: "viewer",
  group,
  summary: "Runs, newest first.",
  params,
  query: PageQuery.strict(),
  answer: plainList(RunView),
  errors: ["invalid_request", "invalid_cursor", "connection_not_found"],
});
export const getRun = endpoint({
  method: "GET",
  path: "/connections/{c}/runs/{run}",
  needs: "viewer",
  group,
  summary: "One run with its steps.",
  params: ConnectionParams.extend({ run: z.coerce.number().int().positive() }),
  answer: RunView,
  errors: ["invalid_request", "connection_not_found", "run_not_found"],
});
