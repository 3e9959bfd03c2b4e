import type { Org } from "../org/org.ts";
import { makeApprovals } from "./approvals.ts";
import type { Rows } from "./derived.ts";
import { makeInterviews } from "./interviews.ts";
import { makeRejections } from "./rejections.ts";
import { makeSetting } from "./setting.ts";
import { makeTeams } from "./teams.ts";

/** What people do with candidates, as far as v3 lists it: derived from the seed, in agreement with the audit log. */
export const recruitingLists = [
  "interviews",
  "interviewers",
  "scorecards",
  "approval_flows",
  "approver_groups",
  "approvers",
  "offers",
  "rejection_details",
  "job_owners",
  "job_hiring_managers",
  "default_interviewers",
] as const;
export type RecruitingList = (typeof recruitingLists)[number];
export type Recruiting = Record<RecruitingList, Rows>;

export function makeRecruiting(org: Org): Recruiting {
  const setting = makeSetting(org);
  const approvals = makeApprovals(setting);
  const teams = makeTeams(setting);
  return {
    ...makeInterviews(setting),
    approval_flows: approvals.flows,
    approver_groups: approvals.groups,
    approvers: approvals.approvers,
    offers: approvals.offers,
    rejection_details: makeRejections(setting),
    job_owners: teams.owners,
    job_hiring_managers: teams.managers,
    default_interviewers: teams.defaults,
  };
}
