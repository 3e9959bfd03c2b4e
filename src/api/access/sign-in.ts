/** Signing in without a password: the handlers of contract/sign-in.ts. */
import { trySso } from "../../access/attempts.ts";
import {
  beginPasskey,
  beginPasskeySignIn,
  confirmPasskey,
  forgetPasskey,
  passkeyNotFound,
  signInWithPasskey,
  worksAt,
} from "../../access/passkeys.ts";
import { proofNeeded } from "../../access/proof.ts";
import { beginSso, signInWithSso } from "../../access/sso.ts";
import { type Passkey, passkeysOf, renamePasskey } from "../../store/members/passkeys.ts";
import type { PasskeyView } from "../contract/sign-in.ts";
import { ApiError } from "../errors.ts";
import { type Asking, type Handlers, iso, isoOrNull } from "../handler.ts";
import { self, selfAdding, signedIn } from "./signed-in.ts";

type Names =
  | "beginSso"
  | "signInWithSso"
  | "beginPasskeySignIn"
  | "signInWithPasskey"
  | "listPasskeys"
  | "beginPasskey"
  | "addPasskey"
  | "renamePasskey"
  | "removePasskey";

export const signInHandlers: Pick<Handlers, Names> = {
  async beginSso({ body }, asking) {
    const { address, token } = await beginSso(
      await ssoOf(asking),
      body.back ?? null,
      asking.client,
      asking.now(),
    );
    asking.client.keepBegun("sso", token);
    return { url: address.href };
  },

  async signInWithSso({ body }, asking) {
    const { client, trail } = asking;
    const given = { begun: client.begun("sso"), found: new URLSearchParams(body.found) };
    const done = await signInWithSso(await ssoOf(asking), given, client, asking.now(), (member, how) => {
      trail.target = member.email;
      trail.details = { account: how };
    });
    client.keepBegun("sso", null);
    return { session: await signedIn(asking, done.member, done), back: done.back };
  },

  async beginPasskeySignIn(_asked, asking) {
    const { token, options } = await beginPasskeySignIn(passkeysAt(asking), asking.client, asking.now());
    asking.client.keepBegun("passkey_sign_in", token);
    return { options: { ...options } };
  },

  async signInWithPasskey({ body }, asking) {
    const { client, trail } = asking;
    const given = { begun: client.begun("passkey_sign_in"), answer: body.answer };
    const done = await signInWithPasskey(passkeysAt(asking), given, client, asking.now(), ({ email }) => {
      trail.target = email;
    });
    client.keepBegun("passkey_sign_in", null);
    return signedIn(asking, done.member, done);
  },

  async listPasskeys(_asked, asking) {
    const { member, session } = self(asking);
    const { client, db, services, now } = asking;
    const [passkeys, proof] = await Promise.all([
      passkeysOf(db, member.id),
      proofNeeded(services.store, member, session, now()),
    ]);
    const works = worksAt(client.address);
    return {
      items: passkeys.map(passkeyView),
      nextCursor: null,
      address: client.address.origin,
      here: works && client.here,
      works,
      proof,
    };
  },

  async beginPasskey({ body }, asking) {
    const { client, now } = asking;
    const begun = await beginPasskey(
      passkeysAt(asking),
      await selfAdding(asking),
      body.password,
      client,
      now(),
    );
    client.keepBegun("passkey_new", begun.token);
    return { options: { ...begun.options } };
  },

  async addPasskey({ body }, asking) {
    const { client, now } = asking;
    const given = { ...body, begun: client.begun("passkey_new") };
    const passkey = await confirmPasskey(passkeysAt(asking), await selfAdding(asking), given, now());
    client.keepBegun("passkey_new", null);
    return passkeyView(passkey);
  },

  async renamePasskey({ params, body }, asking) {
    const { member } = self(asking);
    const passkeys = await asking.services.store.write(async (tx) => {
      if (!(await renamePasskey(tx, member.id, params.passkey, body.name))) {
        throw passkeyNotFound(params.passkey);
      }
      return passkeysOf(tx, member.id);
    });
    return passkeyView(passkeys.find(({ id }) => id === params.passkey)!);
  },

  async removePasskey({ params, body }, asking) {
    const { services, client, now } = asking;
    const at = { store: services.store, others: services.sso !== null };
    await forgetPasskey(at, self(asking), { ...params, password: body.password }, client, now());
    return { removed: true };
  },
};

const passkeysAt = ({ services, client }: Asking) => ({ store: services.store, address: client.address });

/** Where the issuer sends browsers back to: a page of the console, which hands over what it was given. */
const RETURN_PATH = "/sign-in/sso";

async function ssoOf({ services: { store, sso }, client, now }: Asking) {
  if (!sso) {
    // What isn't there is tried no oftener than what is.
    await trySso({ store, now: now(), ip: client.ip });
    throw new ApiError(
      "sso_off",
      "There is no single sign-on here.",
      "Sign in with your password. An admin sets it up: docs/sign-in.md.",
    );
  }
  return { store, sso, redirect: new URL(RETURN_PATH, client.address) };
}

function passkeyView({ id, name, synced, createdAt, lastUsedAt }: Passkey): PasskeyView {
  return { id, name, synced, createdAt: iso(createdAt), lastUsedAt: isoOrNull(lastUsedAt) };
}
