import { older } from "../../insights/question.ts";
import { type Candidate, EVIDENCE_KEPT } from "../../model/finding.ts";
import { type ClosedJobs, grantsOnClosedJobs } from "../../store/findings/finding-facts.ts";
import { byListing, numberOf, type Rule } from "../kit.ts";

/** One finding for all: every company has many closed jobs. */
export function closedJobs({ grants, jobs, first }: ClosedJobs): Candidate[] {
  if (grants === 0) return [];
  return [
    {
      subject: "",
      userId: null,
      severity: "low",
      text: `${numberOf(grants, "grant")} on ${numberOf(jobs, "closed job")}.`,
      rows: grants,
      evidence: first.map((job) => ({
        text: `${job.name ?? `Job ${job.jobId}`}: ${numberOf(job.grants, "grant")}`,
        userId: null,
        at: null,
      })),
      rowsAt: { list: "grants", filter: { jobStatus: "closed" } },
    },
  ];
}

export const rule: Rule = {
  code: "grants_on_closed_jobs",
  restsOn: ["listings"],
  reading: ({ listings }) => byListing(older(listings.jobs, listings.jobGrants), "jobs and their grants"),
  async find({ db, connection }) {
    return closedJobs(await grantsOnClosedJobs(db, connection.id, EVIDENCE_KEPT));
  },
};
