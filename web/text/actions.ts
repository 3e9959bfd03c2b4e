/** Words of actions: previews, results, the list of what was done. */
import { plural } from "./words.ts";

const people = (n: number) => plural(n, "person", "people");
const grants = (n: number) => plural(n, "grant");

export const actionWords = {
  title: "Actions",
  one: "action",
  many: "actions",
  named: (id: number | string) => `Action ${id}`,
  what: (kind: string, n: number) => (kind === "remove_grants" ? grants(n) : people(n)),
  choose: "Choose",
  eachOf: "Each of them",
  pick: (name: string) => `Choose ${name}`,
  chosen: (n: number) => `${n.toLocaleString()} chosen`,
  allThatFit: (n: number | null) => (n === null ? "All that fit" : `All ${n.toLocaleString()} that fit`),
  allChosen: "All that fit are chosen",
  clear: "Clear",
  verbs: {
    deactivate: "Deactivate…",
    reactivate: "Reactivate…",
    revoke_to_basic: "Revoke to Basic…",
    remove_grants: "Remove grants…",
  },
  word: {
    deactivate: "Deactivate",
    reactivate: "Reactivate",
    revoke_to_basic: "Revoke to Basic",
    remove_grants: "Remove grants",
  },
  state: {
    previewed: "Previewed",
    proposed: "Waits for approval",
    approved: "Waits for its turn",
    running: "Running",
    done: "Done",
    cancelled: "Cancelled",
    expired: "Expired",
  },
  stopping: "Stops",
  target: {
    waiting: "Waiting",
    sent: "Sent, not seen yet",
    seen: "Done and seen",
    refused: "Refused",
    unknown: "Unknown",
  },
  notDone: "Not touched",
  wouldBe: "Changes",
  preview: "Preview",
  asking: "Looking at each of them in Greenhouse…",
  touches: (kind: string, n: number, of: number) =>
    n === of
      ? `Touches ${kind === "remove_grants" ? grants(n) : people(n)}.`
      : `Touches ${n.toLocaleString()} of ${kind === "remove_grants" ? grants(of) : people(of)}.`,
  nobody: "It would touch nobody.",
  serviceAccounts: "Service accounts are meant too",
  serviceAccountsHint: "Whatever uses them stops.",
  type: (n: number) => `Type ${n} to go on`,
  go: (kind: keyof typeof VERB, n: number) =>
    `${VERB[kind]} ${kind === "remove_grants" ? grants(n) : people(n)}`,
  propose: (n: number) => `Propose it for ${people(n)}`,
  needsApproval: "Another admin approves it before anything is sent.",
  proposed: "Proposed. Another admin finds it under Actions, and approves it there.",
  cancel: "Cancel",
  close: "Close",
  open: (id: number) => `Open action ${id}`,
  progress: (done: number, of: number) => `${done.toLocaleString()} of ${of.toLocaleString()}`,
  result: (seen: number, refused: number, unknown: number) =>
    [
      `${seen.toLocaleString()} done and seen`,
      ...(refused > 0 ? [`${refused.toLocaleString()} refused`] : []),
      ...(unknown > 0 ? [`${unknown.toLocaleString()} unknown: check in Greenhouse`] : []),
    ].join(" · "),
  closing: "It goes on when this is closed.",
  columns: {
    when: "When",
    what: "What",
    by: "By",
    approvedBy: "Approved by",
    state: "State",
    seen: "Done",
    refused: "Refused",
    unknown: "Unknown",
    user: "User",
    was: "Was",
    effect: "Effect",
    result: "Result",
    why: "Why",
    now: "Is",
  },
  nobodyElse: "None needed",
  notYet: "Not yet",
  empty: "No action yet",
  emptyText:
    "Choose people on Users, or grants on Roles and grants. A connection that may only read can't act.",
  approve: "Approve",
  proposedHere: "Nothing is sent before an admin other than the one who proposed it has approved it.",
  stop: "Stop",
  undo: { deactivate: "Deactivate again…", reactivate: "Undo: reactivate…" } as Record<string, string>,
  undoes: "Takes back",
  until: (at: string) => `until ${at}`,
  facts: {
    state: "State",
    by: "Asked for by",
    approval: "Approval",
    ended: "Ended",
    undo: "Undo",
    targets: "Aimed at",
  },
  stoppedBy: (name: string) => `stopped by ${name}`,
  filterState: "Result",
  targets: { one: "target", many: "targets" },
  nothingLeft: "Nobody",
  noSuch: (id: string) => `Action ${id}`,
} as const;

const VERB = {
  deactivate: "Deactivate",
  reactivate: "Reactivate",
  revoke_to_basic: "Revoke to Basic:",
  remove_grants: "Remove",
} as const;
