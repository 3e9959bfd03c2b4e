/** All that clients of the API know: every endpoint with its parameters, body, answer and errors. */
import type { z } from "zod";
import * as access from "./contract/access.ts";
import * as actions from "./contract/actions.ts";
import * as alerts from "./contract/alerts.ts";
import * as changes from "./contract/changes.ts";
import * as connections from "./contract/connections.ts";
import * as credential from "./contract/credential.ts";
import * as links from "./contract/credential-links.ts";
import * as employeeImport from "./contract/employee-import.ts";
import * as employees from "./contract/employees.ts";
import * as exports from "./contract/exports.ts";
import * as findings from "./contract/findings.ts";
import * as grants from "./contract/grants.ts";
import type { Endpoint } from "./contract/kit.ts";
import * as members from "./contract/members.ts";
import * as report from "./contract/report.ts";
import * as runs from "./contract/runs.ts";
import * as sample from "./contract/sample.ts";
import * as scimTokens from "./contract/scim-tokens.ts";
import * as signIn from "./contract/sign-in.ts";
import * as support from "./contract/support.ts";
import * as system from "./contract/system.ts";
import * as tokens from "./contract/tokens.ts";
import * as trail from "./contract/trail.ts";
import * as usage from "./contract/usage.ts";
import * as users from "./contract/users.ts";
import * as views from "./contract/views.ts";

export { API } from "./wire.ts";

/** By name. The order is that of the reference. */
export const endpoints = {
  getSession: access.getSession,
  claim: access.claim,
  signIn: access.signIn,
  signOut: access.signOut,
  acceptInvitation: access.acceptInvitation,
  listSessions: access.listSessions,
  endSession: access.endSession,
  beginTotp: access.beginTotp,
  confirmTotp: access.confirmTotp,
  removeTotp: access.removeTotp,
  changePassword: access.changePassword,
  beginSso: signIn.beginSso,
  signInWithSso: signIn.signInWithSso,
  beginPasskeySignIn: signIn.beginPasskeySignIn,
  signInWithPasskey: signIn.signInWithPasskey,
  listPasskeys: signIn.listPasskeys,
  beginPasskey: signIn.beginPasskey,
  addPasskey: signIn.addPasskey,
  renamePasskey: signIn.renamePasskey,
  removePasskey: signIn.removePasskey,
  newSetupCode: access.newSetupCode,
  resetAdmin: access.resetAdmin,
  listMembers: members.listMembers,
  getSignInRules: members.getSignInRules,
  changeSignInRules: members.changeSignInRules,
  inviteMember: members.inviteMember,
  changeMember: members.changeMember,
  removeMember: members.removeMember,
  newMemberCode: members.newMemberCode,
  listMemberSessions: members.listMemberSessions,
  endMemberSessions: members.endMemberSessions,
  endMemberSession: members.endMemberSession,
  listTokens: tokens.listTokens,
  createToken: tokens.createToken,
  revokeToken: tokens.revokeToken,
  listTrail: trail.listTrail,
  exportTrail: trail.exportTrail,
  listConnections: connections.listConnections,
  createConnection: connections.createConnection,
  testDraft: connections.testDraft,
  draftSiteAdmins: connections.draftSiteAdmins,
  getConnection: connections.getConnection,
  updateConnection: connections.updateConnection,
  credentialInUse: credential.credentialInUse,
  replaceCredential: credential.replaceCredential,
  testConnection: connections.testConnection,
  verdicts: connections.verdicts,
  held: connections.held,
  acceptHeld: connections.acceptHeld,
  disconnectPreview: connections.disconnectPreview,
  disconnect: connections.disconnect,
  listDeletions: connections.listDeletions,
  supportBundle: support.supportBundle,
  createCredentialLink: links.createCredentialLink,
  listCredentialLinks: links.listCredentialLinks,
  deleteCredentialLink: links.deleteCredentialLink,
  openCredentialLink: links.openCredentialLink,
  useCredentialLink: links.useCredentialLink,
  startSync: runs.startSync,
  stopSync: runs.stopSync,
  progress: runs.progress,
  listRuns: runs.listRuns,
  getRun: runs.getRun,
  listUsers: users.listUsers,
  getUser: users.getUser,
  markUser: users.markUser,
  listRoles: users.listRoles,
  listGrants: grants.listGrants,
  listJobs: grants.listJobs,
  previewAction: actions.previewAction,
  applyAction: actions.applyAction,
  approveAction: actions.approveAction,
  stopAction: actions.stopAction,
  listActions: actions.listActions,
  getAction: actions.getAction,
  listTargets: actions.listTargets,
  licenses: usage.licenses,
  licenseRules: usage.licenseRules,
  saveLicenseRules: usage.saveLicenseRules,
  previewLicenseRules: usage.previewLicenseRules,
  previewWindows: usage.previewWindows,
  usage: usage.usage,
  requestTypes: usage.requestTypes,
  setRequestTypes: usage.setRequestTypes,
  overview: usage.overview,
  listEvents: changes.listEvents,
  getEvent: changes.getEvent,
  listChanges: changes.listChanges,
  listEmployees: employees.listEmployees,
  employeeSummary: employees.employeeSummary,
  findEmployees: employees.findEmployees,
  linkUser: employees.linkUser,
  unlinkUser: employees.unlinkUser,
  ownDomains: employees.ownDomains,
  setOwnDomains: employees.setOwnDomains,
  previewImport: employeeImport.previewImport,
  importEmployees: employeeImport.importEmployees,
  listScimTokens: scimTokens.listScimTokens,
  createScimToken: scimTokens.createScimToken,
  revokeScimToken: scimTokens.revokeScimToken,
  listFindings: findings.listFindings,
  getFinding: findings.getFinding,
  changeFinding: findings.changeFinding,
  weeklyReport: report.weeklyReport,
  listDestinations: alerts.listDestinations,
  addDestination: alerts.addDestination,
  getDestination: alerts.getDestination,
  updateDestination: alerts.updateDestination,
  removeDestination: alerts.removeDestination,
  testDestination: alerts.testDestination,
  rotateWebhookSecret: alerts.rotateWebhookSecret,
  listDeliveries: alerts.listDeliveries,
  getDelivery: alerts.getDelivery,
  replayDelivery: alerts.replayDelivery,
  exportUsers: exports.exportUsers,
  exportRoles: exports.exportRoles,
  exportGrants: exports.exportGrants,
  exportLicenses: exports.exportLicenses,
  exportEvents: exports.exportEvents,
  exportChanges: exports.exportChanges,
  exportEmployees: exports.exportEmployees,
  exportFindings: exports.exportFindings,
  exportActions: exports.exportActions,
  exportTargets: exports.exportTargets,
  listViews: views.listViews,
  addView: views.addView,
  updateView: views.updateView,
  deleteView: views.deleteView,
  getSample: sample.getSample,
  startSample: sample.startSample,
  newSampleCode: sample.newSampleCode,
  stopSample: sample.stopSample,
  backup: system.backup,
  rotateKey: system.rotateKey,
} as const satisfies Record<string, Endpoint>;

export type EndpointName = keyof typeof endpoints;
type Of<N extends EndpointName> = (typeof endpoints)[N];
type Part<E, K extends string> = E extends Record<K, infer S extends z.ZodType> ? S : never;

/** What a client gets. */
export type Answer<N extends EndpointName> = z.output<Of<N>["answer"]>;
/** What a client gets one by one where it asks for a stream. */
export type StreamItem<N extends EndpointName> = z.output<Part<Of<N>, "stream">>;

type Given<N extends EndpointName, K extends string> = [Part<Of<N>, K>] extends [never]
  ? { [k in K]?: undefined }
  : { [k in K]: z.input<Part<Of<N>, K>> };
type Loosely<N extends EndpointName, K extends string> = [Part<Of<N>, K>] extends [never]
  ? { [k in K]?: undefined }
  : { [k in K]?: z.input<Part<Of<N>, K>> };
/** What a client sends. */
export type Call<N extends EndpointName> = Given<N, "params"> & Loosely<N, "query"> & Given<N, "body">;

/** What a handler gets, parsed. */
export interface Asked<N extends EndpointName> {
  params: z.output<Part<Of<N>, "params">>;
  query: z.output<Part<Of<N>, "query">>;
  body: z.output<Part<Of<N>, "body">>;
}
