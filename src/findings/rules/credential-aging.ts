import type { CredentialKind } from "../../model/connection.ts";
import type { Candidate } from "../../model/finding.ts";
import { dateOf, numberOf, type Rule, startOfToday } from "../kit.ts";

const DAY_MS = 86_400_000;

interface Credential {
  kind: CredentialKind;
  /** Since when it is the one that this connection has. */
  since: number;
}

/** v1 was announced to be removed on 2026-08-31 (api.md §1.8), so its key is one to replace whatever its age. */
export function agingCredential(
  { kind, since }: Credential,
  days: number,
  now: number,
  date: (at: number) => string,
): Candidate[] {
  const old = Math.floor((now - since) / DAY_MS);
  if (kind === "harvest_v3" && old <= days) return [];
  const had = { text: "this connection has had it since", userId: null, at: since };
  return [
    {
      subject: "",
      userId: null,
      severity: kind === "harvest_v1" ? "medium" : "low",
      text:
        kind === "harvest_v1"
          ? "A Harvest v1 key, which Greenhouse announced to end on 31 Aug 2026."
          : `The credential is ${numberOf(old, "day")} old: this connection has had it since ${date(since)}.`,
      rows: 1,
      evidence: [had],
      rowsAt: null,
    },
  ];
}

export const rule: Rule = {
  code: "credential_aging",
  restsOn: ["credential"],
  thresholds: ["credentialDays"],
  reading: (asked) => ({
    known: true,
    seenAt: startOfToday(asked),
    begunAt: startOfToday(asked),
    run: null,
    coverage: "our own record of this connection",
  }),
  async find(asked) {
    const { connection, settings, credentialSince } = asked;
    const credential = { kind: connection.credentialKind, since: credentialSince };
    return agingCredential(credential, settings.credentialDays, startOfToday(asked), (at) =>
      dateOf(asked, at),
    );
  },
};
