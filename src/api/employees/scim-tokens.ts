/** SCIM tokens: the handlers of contract/scim-tokens.ts. What opens one is in one answer, and nowhere else. */
import { hashOf, newScimToken } from "../../access/secrets.ts";
import {
  addScimToken,
  deleteScimToken,
  getScimToken,
  listScimTokens,
  type ScimToken,
} from "../../store/members/scim-tokens.ts";
import { askerName } from "../connections/asker.ts";
import type { ScimTokenView } from "../contract/scim-tokens.ts";
import { ApiError } from "../errors.ts";
import { type Asking, type Handlers, iso, isoOrNull } from "../handler.ts";
import { SCIM } from "../scim/wire.ts";

type Names = "listScimTokens" | "createScimToken" | "revokeScimToken";

export const scimTokenHandlers: Pick<Handlers, Names> = {
  async listScimTokens(_asked, asking) {
    const tokens = await listScimTokens(asking.db);
    return { items: tokens.map(tokenView), nextCursor: null, url: urlOf(asking) };
  },

  async createScimToken({ body }, asking) {
    const { services, who, now } = asking;
    const secret = newScimToken();
    const madeBy = askerName(who);
    const id = await services.store.write(async (tx) => {
      const known = await listScimTokens(tx);
      if (known.some(({ name }) => name.toLowerCase() === body.name.toLowerCase())) {
        const cure = "Choose another name, or revoke that one first.";
        throw new ApiError("name_taken", `There is a SCIM token named ${body.name} already.`, cure);
      }
      return addScimToken(tx, { name: body.name, hash: hashOf(secret), madeBy, now: now() });
    });
    const token = (await getScimToken(services.store.read, id))!;
    return { token: tokenView(token), secret, url: urlOf(asking) };
  },

  async revokeScimToken({ params }, { db, services, trail }) {
    const token = await getScimToken(db, params.token);
    if (!token) throw new ApiError("token_not_found", `There is no SCIM token ${params.token}.`);
    trail.target = token.name;
    await services.store.write((tx) => deleteScimToken(tx, token.id));
    return { revoked: true };
  },
};

const urlOf = ({ client }: Asking): string => client.address.origin + SCIM;

function tokenView({ id, name, madeBy, createdAt, lastUsedAt }: ScimToken): ScimTokenView {
  return { id, name, madeBy, createdAt: iso(createdAt), lastUsedAt: isoOrNull(lastUsedAt) };
}
