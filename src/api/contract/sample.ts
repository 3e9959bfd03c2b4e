/** *Look around with sample data*: an installation of its own beside this one, on the same machine. */
import { z } from "zod";
import { endpoint, Time } from "./kit.ts";

/** In this order; `ready` is the last. */
export const SAMPLE_STEPS = ["simulator", "connect", "read", "changes", "ready"] as const;

export const SampleView = z
  .object({
    state: z
      .enum(["elsewhere", "none", "starting", "ready", "failed"])
      .describe("elsewhere: it can't be started here; `why` says so"),
    step: z.enum(SAMPLE_STEPS).nullable().describe("what is being done; null: nothing yet"),
    url: z.string().nullable().describe("where it is, once ready; on the server's own machine only"),
    why: z.string().nullable().describe("why it can't be started here, or what failed"),
  })
  .meta({ id: "Sample" });
export type SampleView = z.output<typeof SampleView>;

const group = "Sample data";

export const getSample = endpoint({
  method: "GET",
  path: "/sample",
  needs: "admin",
  group,
  summary: "Whether sample data can be looked at here, and how far it is.",
  answer: SampleView,
  errors: [],
});
export const startSample = endpoint({
  method: "POST",
  path: "/sample",
  needs: "admin",
  by: "session",
  group,
  status: 202,
  summary:
    "Starts the sample organization as `glasshouse demo` does, in a data directory and at a port of its own, or finds the one that runs. It ends with the server.",
  answer: SampleView,
  errors: ["not_possible"],
});
export const newSampleCode = endpoint({
  method: "POST",
  path: "/sample/code",
  needs: "admin",
  by: "session",
  group,
  summary: "A setup code for the sample data that runs; the one before is void.",
  answer: z.object({
    code: z.string().nullable().describe("null: it has an admin already, who signs in"),
    endsAt: Time.nullable(),
  }),
  errors: ["not_possible"],
});
export const stopSample = endpoint({
  method: "DELETE",
  path: "/sample",
  needs: "admin",
  by: "session",
  group,
  summary: "Ends the sample data that was started here. Its data directory stays.",
  answer: SampleView,
  errors: [],
});
