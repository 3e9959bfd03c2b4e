/** Every rule, in the order in which they are judged and listed. Each is a file of its own. */
import { FINDING_RULES } from "../model/finding.ts";
import type { Rule } from "./kit.ts";
import { rule as agencyWideAccess } from "./rules/agency-wide-access.ts";
import { rule as credentialAging } from "./rules/credential-aging.ts";
import { rule as deactivatedWithGrants } from "./rules/deactivated-with-grants.ts";
import { rule as dormantSiteAdmin } from "./rules/dormant-site-admin.ts";
import { rule as futureRuleForEverything } from "./rules/future-rule-for-everything.ts";
import { rule as grantsOnClosedJobs } from "./rules/grants-on-closed-jobs.ts";
import { rule as keyOrWebhookChanged } from "./rules/key-or-webhook-changed.ts";
import { rule as leftButActive } from "./rules/left-but-active.ts";
import { rule as makerHasLeft } from "./rules/maker-has-left.ts";
import { rule as missingUsers } from "./rules/missing-users.ts";
import { rule as neverUsedLicenses } from "./rules/never-used-licenses.ts";
import { rule as newSiteAdmin } from "./rules/new-site-admin.ts";
import { rule as privateGrants } from "./rules/private-grants.ts";
import { rule as sharedAddress } from "./rules/shared-address.ts";
import { rule as unusedLicenses } from "./rules/unused-licenses.ts";
import { rule as useByDeactivated } from "./rules/use-by-deactivated.ts";

const ALL: readonly Rule[] = [
  leftButActive,
  deactivatedWithGrants,
  useByDeactivated,
  dormantSiteAdmin,
  newSiteAdmin,
  missingUsers,
  sharedAddress,
  agencyWideAccess,
  futureRuleForEverything,
  privateGrants,
  grantsOnClosedJobs,
  unusedLicenses,
  neverUsedLicenses,
  keyOrWebhookChanged,
  makerHasLeft,
  credentialAging,
];

export const RULES: readonly Rule[] = FINDING_RULES.map((code) => ALL.find((each) => each.code === code)!);
