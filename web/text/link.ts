/** One-time links: what whoever makes one reads, and what the Site Admin reads who opens it. */
import type { StreamItem } from "../../src/api/contract.ts";

type LinkStep = Extract<StreamItem<"useCredentialLink">, { type: "step" }>["step"];

/** For the admin who makes it. */
export const makeLink = {
  title: "Does somebody else make the credential?",
  make: "Make a one-time link",
  text: "They type the credential in behind the link, and see nothing else of Glasshouse. It takes one credential within 24 hours.",
  name: "Name of the connection",
  nameHint: "They see it too.",
  makeIt: "Make the link",
  link: "One-time link",
  once: (until: string) =>
    `Shown once: copy it now and send it. Good for one credential, until ${until}. What they give is tested; if it works, the account is connected.`,
  copy: "Copy the link",
  another: "Make another",
  open: "Open links",
  openOne: (name: string, kind: string) => `${name} · ${kind}`,
  replaces: "another credential",
  madeBy: (who: string) => `made by ${who}`,
  until: "until",
  takeBack: "Take back",
  takeBackOf: (name: string) => `Take back the link for ${name}`,
};

/** For whoever opens it. */
export const link = {
  windowTitle: "One-time link",
  title: (name: string) => `Connect ${name}`,
  replaceTitle: (name: string) => `Another credential for ${name}`,
  text: (acts: boolean) =>
    `You were asked for an API credential of your Greenhouse account, ${acts ? "to read and to act" : "read only"}. Make it in Greenhouse as the guide says, paste it here, and you are done. You need no account here.`,
  formTitle: "The credential",
  kind: "Kind of credential",
  until: "This link is good until",
  send: "Test and send",
  sending: "Testing",
  again: "Test again and send",
  notKept: "A credential that fails the test is forgotten. The link stays good: mend it and try again.",
  doneTitle: "Done",
  done: "The credential works. It is stored encrypted, and nobody can read it here. You can close this page.",
  doneEnd: "To end it one day, revoke the credential in Greenhouse.",
  notWhole: "This link is not whole",
  notWholeText: "The part behind # is missing or cut off.",
  notWholeCure: "Copy the whole link out of the message, or ask whoever sent it for a new one.",
  notUsable: "This link can't be used",
  state: {
    asking: "asking",
    well: "well",
    off: "not allowed · optional",
    failed: "refused",
    skipped: "not asked",
  } satisfies Record<LinkStep["state"], string>,
};

type Cause = NonNullable<LinkStep["cause"]>;

/** What the test says of a cause to somebody who may not know whom it is about. */
export const LINK_CAUSE: Partial<Record<Cause, { text: string; cure?: string }>> = {
  credential_wrong: { text: "Greenhouse doesn't know this credential." },
  credential_malformed: { text: "This is not a whole client ID." },
  credential_retired: { text: "This v1 key doesn't work, or v1 has ended." },
  permission_missing: { text: "The credential may not read this." },
  lists_refused: {
    text: "Greenhouse refuses every list: no scope is ticked, or the admin user is not a Site Admin.",
    cure: "Tick the scopes of the guide, then Save. Or give another admin user.",
  },
  users_empty: {
    text: "Greenhouse returned no users at all, as it may when the admin user is not a Site Admin.",
    cure: "Give another admin user.",
  },
  admin_user_missing: {
    text: "The audit log needs an admin user, and none is given.",
    cure: "Paste the address of an active Site Admin's page.",
  },
  admin_user_unknown: {
    text: "Nobody in this account has this user ID.",
    cure: "Paste the address of an active Site Admin's page.",
  },
  admin_user_deactivated: { text: "This admin user is deactivated.", cure: "Give an active Site Admin." },
  admin_user_not_site_admin: { text: "This admin user is not a Site Admin.", cure: "Give a Site Admin." },
  admin_user_refused: {
    text: "Greenhouse refuses this admin user.",
    cure: "Check in Configure, Users: right number, Site Admin, not deactivated.",
  },
  audit_log_refused: {
    text: "The audit log refuses us: scope not ticked, or no audit log in your account.",
    cure: "Open the credential, Settings, Manage Scopes: is Audit Log there? Not there: your account has none. Everything else works without.",
  },
  audit_log_off: { text: "Your account has no audit log. Everything else works without." },
  audit_log_empty: { text: "The audit log answers but holds no event yet." },
  audit_log_no_people: { text: "The audit log holds no event by a person." },
  rate_limited: { text: "Greenhouse asked us to wait." },
  greenhouse_unavailable: { text: "Greenhouse has trouble." },
  network: { text: "The server can't reach Greenhouse." },
  tls: { text: "The server doesn't trust the certificate it is shown for Greenhouse." },
};
