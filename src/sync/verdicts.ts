/** The verdicts that sync itself finds, in the words of console.md §7. Those of a refused call come from the connector. */
import { failedState } from "../model/connection-state.ts";
import type { UnreadableRecord } from "../model/records.ts";
import { STREAM_TEXT, type Stream } from "../model/stream.ts";
import { grouped } from "../model/text.ts";
import type { CauseCode, Verdict } from "../model/verdict.ts";
import type { IncompleteListing, OtherAccount } from "./failures.ts";

const LIMIT_SKEW_MS = 5 * 60_000;

export function well(stream: Stream): Verdict {
  return { stream, state: "well", cause: null, text: null, cure: null, ask: null, facts: {} };
}

function verdict(
  stream: Stream,
  cause: CauseCode,
  text: string,
  cure: string,
  facts: Verdict["facts"] = {},
): Verdict {
  return { stream, state: failedState(stream, cause, true), cause, text, cure, ask: null, facts };
}

export function switchedOff(stream: Stream): Verdict {
  const { label, lost } = STREAM_TEXT[stream];
  return verdict(
    stream,
    "switched_off",
    `${label}: off, your choice. You do without ${lost}.`,
    "Switch it on in the connection's settings.",
  );
}

export function waitingForUsers(stream: Stream): Verdict {
  return verdict(
    stream,
    "waiting_for_users",
    "Waits for Users, which can't be read now.",
    "See the verdict of Users.",
  );
}

/** The key that sealed the stored credential isn't here: a restored backup, or a lost key. */
export function credentialLocked(): Verdict {
  return verdict(
    "users",
    "credential_wrong",
    "The stored credential can't be opened: this installation's key is not the one that sealed it.",
    "Replace the credential, or start Glasshouse with the key it had (GLASSHOUSE_SECRET_KEY).",
  );
}

export function unreadable(
  stream: Stream,
  records: readonly UnreadableRecord[],
  count: number,
  rows: number,
): Verdict {
  const label = STREAM_TEXT[stream].label.toLowerCase();
  const ids = records.flatMap((each) => each.id ?? []);
  const fields = [...new Set(records.map((each) => `${each.field} (${each.reason})`))];
  const named = ids.length === 0 ? "" : ` IDs ${ids.slice(0, 10).join(", ")}${ids.length > 10 ? ", …" : ""}`;
  const rest = rows > 0 ? "; the rest is stored" : "";
  const ofLog = stream === "audit_log";
  const all = `${grouped(count)} of ${grouped(rows + count)}`;
  const what = ofLog
    ? `${all} events of the audit log`
    : isOfUsers(stream, records)
      ? `The ${label} of ${count === 1 ? "1 user" : `${grouped(count)} users`}`
      : `${all} ${label}`;
  const kept = ofLog
    ? "When they may have been, use is unknown."
    : "What can't be read keeps its last good values.";
  return verdict(
    stream,
    "records_unreadable",
    `${what} can't be read${rest}.${named}${named ? "," : ""} field ${fields.slice(0, 3).join("; ")}. ${kept}`,
    ofLog
      ? "Nothing: it is tried again within a day. Is it still so tomorrow, report it with this field."
      : "Check them in Greenhouse. Is nothing wrong there, report it with these IDs and fields.",
    { count, rows, ids: ids.slice(0, 50), fields: fields.slice(0, 10) },
  );
}

/** v1 tells grants user by user: of somebody refused nobody knows how many they are. */
function isOfUsers(stream: Stream, records: readonly UnreadableRecord[]): boolean {
  const grants = stream === "job_grants" || stream === "future_job_grants";
  return grants && records.every(({ id, field }) => id === null && field === "user_id");
}

export function held(
  stream: Stream,
  facts: { listed: number; before: number; absent: number; needsPerson: boolean },
): Verdict {
  const label = STREAM_TEXT[stream].label.toLowerCase();
  const come = facts.listed - (facts.before - facts.absent);
  return verdict(
    stream,
    "listing_held",
    `${grouped(facts.absent)} ${label} fewer than before${come > 0 ? `, and ${grouped(come)} new or back` : ""}. Complete listing, ${grouped(facts.listed)} of ${grouped(facts.before)}. ` +
      (facts.needsPerson
        ? "Held, not applied, until somebody says that it is right."
        : "Held, not applied, until a second listing agrees, at least 10 minutes later."),
    facts.needsPerson
      ? "Is it right, accept it. Else look in Greenhouse for what the credential may see."
      : "Nothing, or accept it now.",
    { listed: facts.listed, before: facts.before, absent: facts.absent },
  );
}

export function incomplete(error: IncompleteListing, adminUserId: string | null, known: number): Verdict {
  if (error.why === "unreadable")
    return unreadable("users", error.unreadable, error.unreadableCount, error.rows);
  if (error.why === "admin_user_unknown") {
    return verdict(
      "users",
      "admin_user_unknown",
      `Nobody in this account has the ID ${adminUserId}. Looked for among the users just read.`,
      "Choose a Site Admin. A sandbox has other IDs.",
      { adminUserId: adminUserId ?? "" },
    );
  }
  const kept = known > 0 ? ` Nothing was removed; the ${grouped(known)} users read before stay.` : "";
  if (error.why === "users_empty") {
    return verdict(
      "users",
      "users_empty",
      "Greenhouse returned no users at all: it answered 200 with 0 rows. It may do so when the admin user is not a " +
        `Site Admin.${kept}`,
      "Try another admin user.",
    );
  }
  if (error.why === "admin_user_unlisted") {
    return verdict(
      "users",
      "listing_held",
      `The list of users lacks the admin user ${adminUserId}, whom Greenhouse shows when asked for: it can't be complete.${kept}`,
      "Nothing: it is read again. Is it still so tomorrow, try another admin user.",
    );
  }
  return verdict(
    "users",
    "listing_held",
    `The list of users holds no active Site Admin, and every account has one: it can't be complete.${kept}`,
    "Try another admin user: Greenhouse may show this one only a part.",
  );
}

export function otherAccount(stream: Stream, error: OtherAccount, name: string): Verdict {
  const seen =
    error.known > 0
      ? `0 of ${grouped(error.known)} known user IDs are in it`
      : "its events name another organization";
  return verdict(
    stream,
    "other_account",
    `This credential opens another Greenhouse account: ${seen}. Nothing was saved.`,
    `Use a credential of ${name}, or connect it as a new account.`,
    { known: error.known },
  );
}

export function clockWrong(stream: Stream, skewMs: number): Verdict | null {
  if (Math.abs(skewMs) <= LIMIT_SKEW_MS) return null;
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  const much = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
  return verdict(
    stream,
    "clock_wrong",
    `This server's clock is ${much} ${skewMs < 0 ? "ahead of" : "behind"} Greenhouse's.`,
    "Switch on time synchronization on this server. Use is judged by Greenhouse's clock until then.",
    { skewSeconds: Math.round(skewMs / 1000) },
  );
}

/** What the log itself says once it could be read. */
export function activityVerdict(facts: {
  events: number;
  byPeople: number;
  silentSince: number | null;
  readFrom: number | null;
  /** Why some of its time can't be read; null: all could be. */
  hole: string | null;
  /** Types of performers that aren't people, most events first. */
  by: readonly string[];
}): Verdict {
  const stream = "audit_log";
  const day = (at: number) => new Date(at).toISOString().slice(0, 16).replace("T", " ") + " UTC";
  if (facts.events === 0 && facts.hole !== null) {
    return verdict(
      stream,
      "records_unreadable",
      `The audit log answers, and none of its events can be read. ${facts.hole} Use is unknown.`,
      "Nothing: it is tried again within a day. Is it still so tomorrow, report it with this sentence.",
    );
  }
  if (facts.events === 0) {
    return verdict(
      stream,
      "audit_log_empty",
      `The audit log answers but holds no event${facts.readFrom === null ? "" : `, ${day(facts.readFrom)} to now`}: 0.`,
      "Just switched on? Open a page in Greenhouse, then sync again; how long events take is not published.",
    );
  }
  if (facts.byPeople === 0) {
    return verdict(
      stream,
      "audit_log_no_people",
      `${grouped(facts.events)} events, none by a person. They are by: ${facts.by.slice(0, 5).join(", ")}; which is not use.`,
      "Do people work in this account, or is it a sandbox?",
      { events: facts.events, by: [...facts.by] },
    );
  }
  if (facts.silentSince !== null) {
    return verdict(
      stream,
      "audit_log_silent",
      `The audit log answers, but holds no event of anybody since ${day(facts.silentSince)}. Such silence is not ` +
        "normal here, so this time is not taken for read.",
      "Was the audit log switched off? Ask your Greenhouse account manager. Did nobody work, nothing.",
      { since: day(facts.silentSince) },
    );
  }
  return well(stream);
}
