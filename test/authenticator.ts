/** A device that keeps passkeys, as WebAuthn has it: for tests that need one to lie. */
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";

interface Options {
  challenge: string;
  rpId?: string;
  rp?: { id?: string };
  user?: { id: string };
}

/** What a test changes of an honest answer. */
export interface Lie {
  origin?: string;
  rpId?: string;
  challenge?: string;
  verified?: boolean;
  counter?: number;
  userHandle?: string | null;
  signature?: string;
  id?: string;
}

const PRESENT = 1;
const VERIFIED = 4;
const WITH_KEY = 64;

export function authenticator(origin: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(32);
  let counter = 0;
  let userHandle: string | null = null;

  function data(rpId: string, lie: Lie, key?: Buffer): Buffer {
    const flags = PRESENT | (lie.verified === false ? 0 : VERIFIED) | (key ? WITH_KEY : 0);
    const head = Buffer.alloc(37);
    sha256(rpId).copy(head);
    head[32] = flags;
    head.writeUInt32BE(lie.counter ?? ++counter, 33);
    if (!key) return head;
    const length = Buffer.alloc(2);
    length.writeUInt16BE(id.length);
    return Buffer.concat([head, Buffer.alloc(16), length, id, key]);
  }
  const clientData = (type: string, challenge: string, lie: Lie) =>
    Buffer.from(
      JSON.stringify({
        type,
        challenge: lie.challenge ?? challenge,
        origin: lie.origin ?? origin,
        crossOrigin: false,
      }),
    );
  const credential = (lie: Lie) => {
    const known = lie.id ?? id.toString("base64url");
    return { id: known, rawId: known, type: "public-key" as const, clientExtensionResults: {} };
  };

  return {
    /** Makes a key. */
    create({ challenge, rp, user }: Options, lie: Lie = {}) {
      userHandle = user!.id;
      const { x, y } = publicKey.export({ format: "jwk" });
      const key = map([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x!, "base64url")],
        [-3, Buffer.from(y!, "base64url")],
      ]);
      const attestation = map([
        ["fmt", "none"],
        ["attStmt", null],
        ["authData", data(lie.rpId ?? rp!.id!, lie, key)],
      ]);
      const response = {
        clientDataJSON: clientData("webauthn.create", challenge, lie).toString("base64url"),
        attestationObject: attestation.toString("base64url"),
        transports: ["internal"],
      };
      return { ...credential(lie), response };
    },
    /** Uses it. */
    get({ challenge, rpId }: Options, lie: Lie = {}) {
      const authenticatorData = data(lie.rpId ?? rpId!, lie);
      const client = clientData("webauthn.get", challenge, lie);
      const signed = sign(
        "sha256",
        Buffer.concat([authenticatorData, createHash("sha256").update(client).digest()]),
        privateKey,
      );
      const handle = lie.userHandle === undefined ? userHandle : lie.userHandle;
      const response = {
        clientDataJSON: client.toString("base64url"),
        authenticatorData: authenticatorData.toString("base64url"),
        signature: lie.signature ?? signed.toString("base64url"),
        ...(handle === null ? {} : { userHandle: handle }),
      };
      return { ...credential(lie), response };
    },
  };
}

const sha256 = (text: string) => createHash("sha256").update(text).digest();

/** As much of CBOR as this needs. `null`: an empty map. */
function map(entries: [number | string, number | string | Buffer | null][]): Buffer {
  return Buffer.concat([head(5, entries.length), ...entries.flatMap((pair) => pair.map(encoded))]);
}

function encoded(value: number | string | Buffer | null): Buffer {
  if (value === null) return head(5, 0);
  if (typeof value === "number") return value < 0 ? head(1, -1 - value) : head(0, value);
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return Buffer.concat([head(typeof value === "string" ? 3 : 2, bytes.length), bytes]);
}

function head(major: number, n: number): Buffer {
  if (n < 24) return Buffer.from([(major << 5) | n]);
  return n < 256 ? Buffer.from([(major << 5) | 24, n]) : Buffer.from([(major << 5) | 25, n >> 8, n & 255]);
}
