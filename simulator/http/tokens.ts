import { randomUUID } from "node:crypto";

/** A token that was handed out (api.md §2.1, §3.1). */
export interface Token {
  text: string;
  clientId: string;
  /** The acting user; null = the credential's own service user. */
  sub: number | null;
  expiresAt: number;
  revoked: boolean;
  family: "v3" | "v1";
}

/** Every token the simulator minted. */
export class TokenStore {
  readonly #tokens = new Map<string, Token>();
  readonly #latest = new Map<string, Token>();

  /** Mints a token; with `oneActive` the credential's earlier one stops working (api.md §2.1). */
  mint(
    clientId: string,
    sub: number | null,
    nowMs: number,
    ttlSeconds: number,
    oneActive: boolean,
    family: "v3" | "v1",
  ): Token {
    const earlier = this.#latest.get(clientId);
    if (earlier && oneActive) earlier.revoked = true;
    const expiresAt = nowMs + ttlSeconds * 1000;
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
    const claims = {
      jti: randomUUID(),
      iat: Math.floor(nowMs / 1000),
      exp: Math.floor(expiresAt / 1000),
      silo: 4,
      ...(sub === null ? {} : { sub: String(sub) }),
    };
    const text = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.${part(randomUUID())}`;
    const token: Token = { text, clientId, sub, expiresAt, revoked: false, family };
    this.#tokens.set(text, token);
    this.#latest.set(clientId, token);
    return token;
  }

  find(text: string): Token | undefined {
    return this.#tokens.get(text);
  }

  /** Revokes every live token, or those of one credential. Returns how many. */
  revoke(clientId?: string): number {
    let count = 0;
    for (const token of this.#tokens.values()) {
      if (token.revoked || (clientId !== undefined && token.clientId !== clientId)) continue;
      token.revoked = true;
      count++;
    }
    return count;
  }

  clear(): void {
    this.#tokens.clear();
    this.#latest.clear();
  }
}
