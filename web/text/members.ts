/** Words of Members. */
import { plural } from "./words.ts";

export const memberWords = {
  title: "Members",
  one: "member",
  many: "members",
  tabs: { members: "Members", tokens: "API tokens" },
  search: "Search name, e-mail",
  columns: {
    name: "Name",
    role: "Role",
    sees: "Sees",
    second: "Second factor",
    lastHere: "Last here",
    sessions: "Sessions",
    actions: "Actions",
  },
  filterRole: "Role",
  noRole: "No role yet",
  you: "you",
  noWayIn: "needs a new code",
  nothingYet: "Nothing yet",
  invitedUntil: (at: string) => `invited until ${at}`,
  codeUntil: (at: string) => `code good until ${at}`,
  on: "On",
  off: "Off",
  passkey: "passkey",
  sso: "single sign-on",
  never: "Never",
  all: "All connections",
  sees: (n: number) => (n === 0 ? "No connection" : plural(n, "connection")),
  rule: {
    label: "Everybody who signs in with a password needs a second factor",
    hint: "An app's codes, or a passkey. Who has none is led to one before anything else. Single sign-on is up to its issuer.",
    without: (n: number) =>
      n === 1
        ? "1 member with a password has none yet."
        : `${n} members with a password have none yet.`,
    on: "A second factor is needed from now on.",
    off: "Nobody needs a second factor any more.",
  },
  waiting: (n: number) =>
    n === 1
      ? "1 person waits for a role, and can't sign in until then."
      : `${n} people wait for a role, and can't sign in until then.`,
  giveRole: "Give a role",
  giveRoleTo: (name: string) => `Give a role to ${name}`,
  end: "End",
  endOf: (name: string) => `End the sessions of ${name}`,
  ended: (n: number, name: string) => `${plural(n, "session")} of ${name} ended.`,
  showSessions: (n: number, name: string) => `${plural(n, "session")} of ${name}`,
  moreFor: (name: string) => `More for ${name}`,
  menu: {
    rights: "Change role",
    code: "New one-time code",
    sessions: "Sessions",
    trail: "Audit trail",
    remove: "Remove",
    account: "Your account",
  },
  invite: {
    open: "Invite",
    title: "Invite somebody",
    text: "They get nothing by mail from here: you hand over an address that works once.",
    name: "Name",
    email: "E-mail",
    needName: "Enter a name.",
    needEmail: "Enter an e-mail address.",
    submit: "Invite",
  },
  rights: {
    title: (name: string) => `Role of ${name}`,
    legend: "Role",
    connections: "Connections",
    all: "All, those to come too",
    some: "Only some",
    needSome: "Tick at least one connection, or choose all.",
    admin: "An admin sees all connections.",
    roles: {
      viewer: "Sees everything but credentials and IP addresses.",
      operator: "Also syncs, accepts held listings and sets license rules.",
      admin: "Also connects accounts and manages members.",
    },
    save: "Save",
    at: "It counts from the next request on.",
  },
  code: {
    title: (name: string) => `New one-time code for ${name}`,
    join: "They set their password with it, within 7 days. A code from before is void.",
    reset:
      "They set another password with it, within an hour. That ends their sessions, second factor and passkeys. A code from before is void.",
    make: "Make a code",
    handTitle: (name: string) => `Hand this to ${name}`,
    handText: "Over a way that nobody else reads: whoever opens it first is in.",
    address: "Address",
    once: (until: string) => `Shown this once. It works once, until ${until}.`,
    done: "Done",
  },
  sessions: {
    title: (name: string) => `Sessions of ${name}`,
    none: "None.",
    endAll: "End all",
    thing: "the sessions",
  },
  remove: {
    title: (name: string) => `Remove ${name}`,
    goes: (sessions: number, tokens: number) => {
      const parts = [
        sessions > 0 && plural(sessions, "session"),
        tokens > 0 && plural(tokens, "API token"),
        "all that signs them in, and private views",
      ];
      return `With the member go ${parts.filter(Boolean).join(", ")}.`;
    },
    programs: "Programs that use one of the tokens are refused from their next request on.",
    stays: "Shared views stay, and so does what the audit trail says of them.",
    remove: "Remove",
    removed: (name: string) => `${name} is removed.`,
  },
  cancel: "Cancel",
} as const;
