/** Who wanted a run: from who asks, and as it is told to who reads. */
import { type Asker, COMMAND_LINE } from "../../model/asked.ts";
import { type Actor, allows } from "../../model/member.ts";

export function askerOf(who: Actor): Asker | null {
  if (who.kind === "nobody") return null;
  if (who.kind === "machine") return { kind: "machine" };
  const { member, via } = who;
  if ("session" in via) return { kind: "member", member: member.id, name: member.name };
  return { kind: "token", member: member.id, name: member.name, token: via.token, tokenName: via.name };
}

/** A name and never an address, as viewers read it too. What tokens are called is for admins. */
export function askerView(asker: Asker | null, reader: Actor): { by: string | null; byToken: string | null } {
  const byToken = asker?.kind === "token" && allows(reader, "admin") ? asker.tokenName : null;
  return { by: asker && nameOf(asker), byToken };
}

/** As they are called where their name is kept. */
export function nameOf(asker: Asker): string {
  if (asker.kind === "machine") return COMMAND_LINE;
  return asker.kind === "link" ? `a link of ${asker.name}` : asker.name;
}

/** Of whoever asks now. */
export function askerName(who: Actor): string {
  const asker = askerOf(who);
  return asker ? nameOf(asker) : "nobody";
}
