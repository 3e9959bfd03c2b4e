/** API tokens: the handlers of contract/tokens.ts. What opens a token is in one answer, and nowhere else. */
import { mintToken } from "../../access/tokens.ts";
import { allows, lowerRole, type Member } from "../../model/member.ts";
import { type ApiToken, deleteApiToken, getApiToken, listApiTokens } from "../../store/members/api-tokens.ts";
import { getMember, memberByEmail } from "../../store/members/members.ts";
import type { TokenView } from "../contract/tokens.ts";
import { ApiError } from "../errors.ts";
import { type Asking, type Handlers, iso, isoOrNull } from "../handler.ts";

type Names = "listTokens" | "createToken" | "revokeToken";

export const tokenHandlers: Pick<Handlers, Names> = {
  async listTokens(_asked, asking) {
    const { db, who } = asking;
    const tokens = await listApiTokens(
      db,
      who.kind === "member" && !allows(who, "admin") ? who.member.id : null,
    );
    const ids = [...new Set(tokens.map(({ member }) => member))];
    const members = new Map(await Promise.all(ids.map(async (id) => [id, await getMember(db, id)] as const)));
    const items = tokens.flatMap((token) => {
      const member = members.get(token.member);
      return member ? [tokenView(token, member, asking)] : [];
    });
    return { items, nextCursor: null };
  },

  async createToken({ body }, asking) {
    const { services, now, trail } = asking;
    const { name, role, days } = body;
    const owner = await ownerOf(body.member, asking);
    trail.details = { role, days, of: owner.email };
    const { token, secret } = await mintToken(services.store, owner, { name, role, days }, now());
    const made = (await getApiToken(services.store.read, token))!;
    return {
      token: tokenView(made, owner, asking),
      secret,
      warning:
        days === null
          ? "This token never expires. Whoever finds it can use it until somebody revokes it: look at Members from time to time."
          : null,
    };
  },

  async revokeToken({ params }, asking) {
    const { db, services, who, trail } = asking;
    const token = await getApiToken(db, params.token);
    const mine = who.kind === "member" && token?.member === who.member.id;
    // Of other people's tokens not even their being there is told.
    if (!token || !(mine || allows(who, "admin"))) {
      throw new ApiError("token_not_found", `There is no API token ${params.token}.`);
    }
    trail.target = token.name;
    const owner = await getMember(db, token.member);
    trail.details = { role: token.role, of: owner?.email ?? null };
    await services.store.write((tx) => deleteApiToken(tx, token.id));
    return { revoked: true };
  },
};

/** One's own; the command line on the server says whose. @throws ApiError `invalid_request`, `member_not_found` */
async function ownerOf(email: string | undefined, { db, who }: Asking): Promise<Member> {
  if (who.kind === "member") {
    if (email === undefined) return who.member;
    throw new ApiError("invalid_request", "body: member: a token is made for oneself.");
  }
  if (email === undefined) {
    throw new ApiError(
      "invalid_request",
      "body: member: say whose token it is.",
      "Give `--member` with an e-mail address.",
    );
  }
  const member = await memberByEmail(db, email);
  if (member) return member;
  throw new ApiError(
    "member_not_found",
    `No member has the e-mail address ${email}.`,
    "See `glasshouse members`.",
  );
}

function tokenView(token: ApiToken, member: Member, { who, now }: Asking): TokenView {
  const { id, name, role, createdAt, endsAt, lastUsedAt } = token;
  const expired = endsAt !== null && endsAt <= now();
  return {
    id,
    name,
    role,
    may: expired || member.role === null ? null : lowerRole(role, member.role),
    member: { id: member.id, name: member.name, email: member.email },
    mine: who.kind === "member" && who.member.id === member.id,
    createdAt: iso(createdAt),
    endsAt: isoOrNull(endsAt),
    expired,
    lastUsedAt: isoOrNull(lastUsedAt),
  };
}
