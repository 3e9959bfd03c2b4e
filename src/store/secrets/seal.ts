import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { type KeySource, readKeys } from "./keys.ts";

export interface Sealed {
  /** Names the key: derived from it, so that two keys never share a version. */
  keyVersion: number;
  value: Uint8Array;
}
/** What a sealed value belongs to: it opens nowhere else. */
export interface SealedFor {
  connection: number | string;
  field: string;
}

export interface Seal {
  /** The key that seals; older ones only open. */
  readonly keyVersion: number;
  knows(keyVersion: number): boolean;
  seal(plain: Uint8Array | string, about: SealedFor): Sealed;
  /** @throws SealBroken */
  open(sealed: Sealed, about: SealedFor): Uint8Array;
  /** A keyed hash (hex) under the sealing key. */
  mac(text: string): string;
}

/** Sealed with a key that isn't here, or changed since. */
export class SealBroken extends Error {
  override name = "SealBroken";

  constructor(about: SealedFor, why: string) {
    super(
      `The ${about.field} of connection ${about.connection} can't be opened: ${why}. Start Glasshouse with the key ` +
        "that sealed it (GLASSHOUSE_SECRET_KEY or the secret.key file), or enter the credential anew.",
    );
  }
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface Key {
  version: number;
  cipher: Uint8Array;
  mac: Uint8Array;
}

/** Several keys: one seals, all open. rotateKey adds one to the ring that everybody already holds. */
export class KeyRing implements Seal {
  readonly #keys = new Map<number, Key>();
  #sealing: Key;

  /** @param keys 32 bytes each; the first one seals */
  constructor(keys: readonly Uint8Array[]) {
    if (!keys[0]) throw new Error("a key ring needs a key");
    for (const key of keys) this.#add(key);
    this.#sealing = this.#add(keys[0]);
  }

  get keyVersion(): number {
    return this.#sealing.version;
  }

  knows(keyVersion: number): boolean {
    return this.#keys.has(keyVersion);
  }

  sealWith(key: Uint8Array): void {
    this.#sealing = this.#add(key);
  }

  seal(plain: Uint8Array | string, about: SealedFor): Sealed {
    const { version, cipher: key } = this.#sealing;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(associated(about, version));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    return { keyVersion: version, value: new Uint8Array(Buffer.concat([nonce, body, cipher.getAuthTag()])) };
  }

  open({ keyVersion, value }: Sealed, about: SealedFor): Uint8Array {
    const key = this.#keys.get(keyVersion);
    if (!key) throw new SealBroken(about, "the key that sealed it is not here");
    if (value.byteLength < NONCE_BYTES + TAG_BYTES) throw new SealBroken(about, "it is cut short");
    try {
      const decipher = createDecipheriv("aes-256-gcm", key.cipher, value.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(associated(about, keyVersion)).setAuthTag(value.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(value.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch {
      throw new SealBroken(about, "it was changed, or belongs elsewhere");
    }
  }

  mac(text: string): string {
    return createHmac("sha256", this.#sealing.mac).update(text).digest("hex");
  }

  #add(material: Uint8Array): Key {
    const version =
      createHash("sha256").update("glasshouse key version").update(material).digest().readUInt32BE(0) >>> 1;
    const known = this.#keys.get(version);
    if (known) return known;
    const key = { version, cipher: derived(material, "seal"), mac: derived(material, "fingerprint") };
    this.#keys.set(version, key);
    return key;
  }
}

function derived(material: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", material, "glasshouse", purpose, 32));
}

function associated(about: SealedFor, keyVersion: number): Uint8Array {
  return Buffer.from(JSON.stringify([String(about.connection), about.field, keyVersion]));
}

/**
 * The keys of this installation: GLASSHOUSE_SECRET_KEY, GLASSHOUSE_SECRET_KEY_FILE, or `secret.key` beside the database
 * (0600), made on first use.
 */
export async function loadSeal(dataDir: string, env: KeySource): Promise<KeyRing> {
  return new KeyRing(readKeys(dataDir, env).keys);
}
