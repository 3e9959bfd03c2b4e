import type { Flow } from "./approvals.ts";
import type { Made } from "./derived.ts";
import { latest } from "./derived.ts";
import type { Setting } from "./setting.ts";
import { candidateWord, date, dayMs, pick, time } from "./setting.ts";

const ends = ["accepted", "accepted", "rejected", "deprecated", "sent"] as const;

/** The offer an approval flow is about: made with it, sent a day after its approval, resolved within a week. */
export function makeOffer(
  { org, application }: Setting,
  flow: Flow,
  approvedAt: number | null,
  now: number,
): Omit<Made, "id"> {
  const { n, createdAt, lateAt } = flow;
  const came = (at: number | null): number | null => (at !== null && at <= now ? at : null);
  const sent = came(approvedAt === null ? null : approvedAt + dayMs);
  const end = pick(ends, n >>> 6);
  const resolved = came(sent === null || end === "sent" ? null : sent + (1 + (n % 6)) * dayMs);
  return {
    createdAt,
    updatedAt: latest(now, createdAt, approvedAt, sent, resolved, lateAt),
    row: {
      application_id: application(n),
      candidate_id: org.ids.of("applicant", n % 1_000_000),
      custom_fields:
        n % 3 === 0
          ? null
          : {
              band: { name: "Band", type: "single_select", value: (n >>> 3) % 2 === 0 ? "A" : "B" },
              salary: { name: "Salary", type: "short_text", value: `${candidateWord} ${n % 10_000}: 12345` },
            },
      job_id: org.jobs[flow.job]?.id ?? null,
      opening_id: n % 8 === 0 ? null : org.ids.of("jobInterview", 400_000 + (n % 100_000)),
      resolved_at: time(resolved),
      sent_on: date(sent),
      starts_on: n % 4 === 0 ? null : date(createdAt + 45 * dayMs),
      status: resolved !== null ? end : sent !== null ? "sent" : "created",
      version: 1 + (n % 2),
    },
  };
}
