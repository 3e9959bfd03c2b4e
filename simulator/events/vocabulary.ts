/** The vocabulary that was seen in real audit logs (api.md §3.5, §6.6). */
const hex4 = Array.from({ length: 65536 }, (_, i) => i.toString(16).padStart(4, "0"));
export const hex = (h: number): string => (hex4[h >>> 16] as string) + (hex4[h & 65535] as string);

export const pages = [
  "/dashboard",
  "/people",
  "/plans",
  "/configure/users",
  "/sdash/4100001004",
  "/guides/12",
  "/reports",
  "/alljobs",
];
export const pageRequests = [
  "my_dashboard/controllers/my_dashboard#index",
  "people#index",
  "plans#index",
  "account/users#index",
  "sdash#show",
];
/** Somebody's title: what lists tell of levels and states stays true. */
export const userChange = '{"job_title":["Recruiter","Senior Recruiter"]}';
export const updates: readonly (readonly [string, string, string])[] = [
  ["people#change_application_state", "Application", '{"status":["active","rejected"]}'],
  ["users#update", "User", userChange],
  ["developer/sso/saml_configs#update", "Single Sign-On Changed", '{"enabled":[false,true]}'],
  ["jobs#update", "Job", '{"name":["Engineer","Senior Engineer"]}'],
];
export const creates: readonly (readonly [string, string])[] = [
  ["email_settings#create_organization_email", "OrganizationEmail"],
  ["people#change_application_state", "RejectionDetails"],
  ["candidates#create", "Candidate"],
];
export const actions: readonly (readonly [string, string])[] = [
  ["email_settings#create_organization_email", "Global Email Added"],
  ["people#change_application_state", "Candidate or Prospect rejected"],
  ["people#unhire", "Candidate has been unhired"],
  ["agencies#invite", "Agency Recruiter Invited"],
  ["api_credentials#create", "API Key Created"],
  ["users/bulk#update", "Bulk user permission edited"],
  ["approvals#update", "Approval Plan Edited"],
  ["agencies#add", "Agency Recruiter Added"],
  ["agencies#deactivate", "Agency Recruiter Deactivated"],
  ["agencies#create", "Agency Created"],
  ["api_credentials#update", "API Key Permissions Updated"],
  ["api_credentials#revoke", "API Key Revoked"],
  ["web_hooks#create", "Web Hook Created"],
  ["web_hooks#destroy", "Web Hook Removed"],
  ["users/bulk#deactivate", "Bulk deactivate users"],
  ["jobs/bulk#hiring_team", "Bulk Hiring Team updated"],
  ["departments#update", "Department/Office changed/deleted"],
  ["candidate_packets#create", "Candidate packet created"],
  ["custom_options#create", "Custom option added"],
  ["gdpr#update", "GDPR data retention period updated"],
  ["candidates#create", "Candidate added"],
];
/** The same but for keys and webhooks, which few may make (§4, developer permissions). */
export const plainActions = actions.filter(([, label]) => !/^(API Key|Web Hook)/.test(label));
export const keyNames = ["Payroll sync key", "Data warehouse", "Careers site", "Onboarding"];
export const keyAccess: readonly (readonly [string, string])[] = [
  ["Candidates", "candidates"],
  ["Applications", "applications"],
  ["Jobs", "jobs"],
  ["Users", "users"],
  ["Offers", "offers"],
];
