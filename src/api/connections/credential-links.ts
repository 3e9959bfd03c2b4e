/**
 * One-time links: the handlers of contract/credential-links.ts. Who has a link gives a credential and gets to know
 * whether it works. Name, kind and everything else were decided by the admin who made it, and nothing of what is stored
 * is shown: neither people nor other connections.
 */
import { tryLink } from "../../access/attempts.ts";
import { hashOf, newToken } from "../../access/secrets.ts";
import type { Connection } from "../../model/connection.ts";
import type { CauseCode } from "../../model/verdict.ts";
import { getConnection } from "../../store/connections/connections.ts";
import {
  addCredentialLink,
  type CredentialLink,
  credentialLink,
  deleteCredentialLink,
  giveBackCredentialLink,
  holdCredentialLink,
  listCredentialLinks,
  takeCredentialLink,
} from "../../store/connections/credential-links.ts";
import { getMember } from "../../store/members/members.ts";
import { DraftBody } from "../contract/connections.ts";
import type { LinkStepView } from "../contract/credential-links.ts";
import { ApiError } from "../errors.ts";
import { type Asking, connectionOf, type Handlers, iso } from "../handler.ts";
import type { TestStep } from "../services.ts";
import { askerName } from "./asker.ts";
import { readDraft } from "./connections.ts";
import { readAdminUser, readCredential } from "./credential.ts";
import { testStepView } from "./view.ts";

const LINK_LASTS_MS = 24 * 60 * 60_000;

type Names =
  | "createCredentialLink"
  | "listCredentialLinks"
  | "deleteCredentialLink"
  | "openCredentialLink"
  | "useCredentialLink";

export const credentialLinkHandlers: Pick<Handlers, Names> = {
  async createCredentialLink({ body }, asking) {
    const { db, services, who, now, trail } = asking;
    const { connection: nameOrId, name, ...rest } = body;
    const existing = nameOrId === undefined ? null : await connectionOf(asking, nameOrId);
    if (name !== undefined && (await getConnection(db, name))) {
      throw new ApiError(
        "name_taken",
        `There is a connection named ${name} already.`,
        "Choose another name.",
      );
    }
    const draft = existing
      ? {
          ...rest,
          name: existing.name,
          permissionType: existing.permissionType,
          usage: !existing.settings.off.includes("audit_log"),
        }
      : { ...rest, name: name! };
    const [link, createdAt] = [newToken(), now()];
    const endsAt = createdAt + LINK_LASTS_MS;
    const madeBy = askerName(who);
    const member = who.kind === "member" ? who.member.id : null;
    const about = { connection: existing?.id ?? null, draft, madeBy, member };
    const facts = { ...about, hash: hashOf(link), createdAt, endsAt };
    const id = await services.store.write((tx) => addCredentialLink(tx, facts));
    trail.target = draft.name;
    return { id, link, endsAt: iso(endsAt) };
  },

  async listCredentialLinks(_asked, { db, now }) {
    const links = await listCredentialLinks(db, now());
    return {
      items: links.map((link) => ({
        ...askedFor(link),
        id: link.id,
        madeBy: link.madeBy,
        createdAt: iso(link.createdAt),
      })),
    };
  },

  async deleteCredentialLink({ params }, { services }) {
    if (await services.store.write((tx) => deleteCredentialLink(tx, params.id))) return { deleted: true };
    throw notUsable();
  },

  async openCredentialLink({ body }, asking) {
    await tryLink({ store: asking.services.store, now: asking.now(), ip: asking.client.ip });
    return askedFor((await usableLink(body.link, asking)).link);
  },

  async *useCredentialLink({ body }, asking) {
    // The link itself opens the door: our trail names what it is for.
    asking.trail.target = "unknown link";
    await tryLink({ store: asking.services.store, now: asking.now(), ip: asking.client.ip });
    const { link, connection } = await usableLink(body.link, asking);
    asking.trail.target = link.draft.name;
    const { clientId, secret, adminUser } = body;
    const given = { kind: link.draft.credentialKind, clientId, secret };
    const { credential, notes } = readCredential(given);
    const adminUserId = readAdminUser(adminUser);
    for (const text of notes) yield { type: "note", text };
    const { services, signal, now } = asking;
    let held = await services.store.write((tx) => takeCredentialLink(tx, link.id, now()));
    if (held === null) throw notUsable();
    const by = { kind: "link", name: link.madeBy } as const;
    const steps: LinkStepView[] = [];
    try {
      const testing = connection
        ? services.replaceCredential(connection, { credential, adminUserId }, signal, by)
        : services.connect(draftOf(link, { ...given, ...credential }, adminUserId, asking), signal, by);
      for (;;) {
        // Up to the last step it may be taken back, or end with its maker's rights.
        const still: number = held;
        held = await services.store.write((tx) => holdCredentialLink(tx, link.id, still, now()));
        if (held === null) {
          await testing.return(undefined as never);
          throw notUsable();
        }
        const next = await testing.next();
        if (next.done) {
          asking.trail.connection = connection?.id ?? (next.value as number);
          break;
        }
        const step = linkStep(next.value);
        if (step.state !== "asking") steps.push(step);
        yield { type: "step", step };
      }
      await services.store.write((tx) => deleteCredentialLink(tx, link.id));
    } catch (error) {
      throw discreet(error);
    } finally {
      const still = held;
      if (still !== null) await services.store.write((tx) => giveBackCredentialLink(tx, link.id, still));
    }
    yield { type: "connected" };
    return { connected: true, steps };
  },
};

/** Its connection, or its maker's rights, may have gone meanwhile. @throws ApiError `link_not_usable` */
async function usableLink(
  text: string,
  { db, now }: Asking,
): Promise<{ link: CredentialLink; connection: Connection | null }> {
  const link = await credentialLink(db, hashOf(text), now());
  const connection = link?.connection == null ? null : await getConnection(db, link.connection);
  if (!link || (link.connection !== null && !connection)) throw notUsable();
  if (link.member !== null && (await getMember(db, link.member))?.role !== "admin") throw notUsable();
  return { link, connection };
}

/** One answer for all of them: whether a link ever was is not told. */
const notUsable = () =>
  new ApiError(
    "link_not_usable",
    "This link can't be used: it is not whole, was used, was taken back, or is older than 24 hours.",
    "Ask whoever sent it for a new one.",
  );

function askedFor({ connection, draft, endsAt }: CredentialLink) {
  const { name, credentialKind, permissionType, usage } = draft;
  return { name, credentialKind, permissionType, usage, replaces: connection !== null, endsAt: iso(endsAt) };
}

function draftOf(
  { draft }: CredentialLink,
  credential: { kind: "harvest_v3" | "harvest_v1"; clientId: string | null; secret: string },
  adminUser: string | null,
  asking: Asking,
) {
  const { name, permissionType, usage, settings } = draft;
  return readDraft(DraftBody.parse({ name, permissionType, usage, settings, credential, adminUser }), asking)
    .draft;
}

/** Causes whose cure names nobody and nothing but the credential. */
const NAMELESS = new Set<CauseCode>([
  "credential_wrong",
  "credential_malformed",
  "credential_retired",
  "permission_missing",
  "network",
  "tls",
  "rate_limited",
  "greenhouse_unavailable",
]);

function linkStep(given: TestStep): LinkStepView {
  const { step, label, state, verdict } = testStepView(given);
  const cause = verdict?.cause ?? null;
  const tells = step !== "admin_user" && cause !== null && NAMELESS.has(cause);
  return { step, label, state, cause, cure: tells ? verdict!.cure : null };
}

/** Which other connection has the credential is not for who has the link. */
function discreet(error: unknown): unknown {
  if (!(error instanceof ApiError) || error.code !== "account_taken") return error;
  const cure = "Make a credential for Glasshouse alone, and give that one.";
  return new ApiError("account_taken", "This credential is in use already.", cure, { cause: error });
}
