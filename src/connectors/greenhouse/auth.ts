/**
 * Authorization. v3: one token per credential (and subject), minted in one place at a time, since minting may revoke
 * the one before (api.md §2.1). v1: the key itself, and for the audit log a token of its own (§3.1).
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Ask } from "../../model/verdict.ts";
import type { Token, Traffic } from "../connector.ts";
import { ConnectorError } from "../errors.ts";
import { isTaken } from "../limiter.ts";
import type { Answer, Call, Caller } from "./call.ts";
import { withWords } from "./said.ts";
import { mintedToken, parseTokenBody } from "./token.ts";

/** A token is renewed so long before its end: requests under way must still find it good. */
const MARGIN_MS = 60_000;
const DAY_MS = 86_400_000;
/** More than these tell nothing new. */
const MOST_ENDS_KEPT = 20;
/** Mints of our own that may end the token of one request before it has its answer. */
const MOST_OWN_ENDS = 4;

/** Who has a credential alone says so again and again: after so long without a word they are gone. */
const ALONE_MS = 20_000;
const ALONE_AGAIN_MS = 5_000;
const LOOK_AGAIN_MS = 100;

export class Authorization {
  readonly #caller: Caller;
  #held: { key: string; token: Token } | null = null;
  #alone = false;

  constructor(caller: Caller) {
    this.#caller = caller;
  }

  /** The requests that told, in the last 24 hours, that somebody else had ended a token of ours. */
  endedEarly(): Promise<readonly Ask[]> {
    return this.#caller.limiter.change((traffic, now) => endedSince(traffic, now - DAY_MS));
  }

  /** Asks a Harvest list: v3 with the token (of the admin user unless `subject` says otherwise), v1 with the key. */
  async harvest(call: Call, subject: string | null = this.#admin): Promise<Answer> {
    if (this.#caller.options.credential.kind === "harvest_v1") {
      return this.#caller.call({ ...call, headers: { ...call.headers, authorization: this.#basic() } });
    }
    return this.#withToken(call, this.#key(subject), () => this.#mintV3(subject));
  }

  /** Asks the audit log: v3 with the same token, v1 with the audit token. */
  async audit(call: Call): Promise<Answer> {
    const v1 = this.#caller.options.credential.kind === "harvest_v1";
    const key = v1 ? `${this.#key(this.#admin)}:audit` : this.#key(this.#admin);
    return this.#withToken(call, key, () => (v1 ? this.#mintAudit() : this.#mintV3(this.#admin)));
  }

  /** Gets a token, without asking for anything with it. `subject` null: the credential's own integration user. */
  async token(subject: string | null = this.#admin): Promise<Token> {
    return this.#good(this.#key(subject), () => this.#mintV3(subject));
  }

  /** The same, minted now, whatever is at hand: shows that Greenhouse knows the credential still. */
  async newToken(subject: string | null): Promise<Token> {
    let minted = false;
    const key = this.#key(subject);
    const mint = () => {
      minted = true;
      return this.#mintV3(subject);
    };
    const token = await this.#good(key, mint);
    if (minted) return token;
    this.#held = { key, token: await this.#shared(key, token.accessToken, mint) };
    return this.#held.token;
  }

  /**
   * Has the credential to itself while `work` runs: asking as another subject ends the session of everybody else who
   * uses it (api.md §2.1), and theirs would end this one.
   */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    if (this.#alone) return work();
    const { limiter, id, signal } = this.#caller;
    const take = () =>
      limiter.change((traffic, now) => {
        if (isTaken(traffic, id, now)) return false;
        traffic.alone = { by: id, until: now + ALONE_MS };
        return true;
      });
    while (!(await take())) await sleep(LOOK_AGAIN_MS, undefined, { signal });
    // A failure to say so is no failure of the work: the next word may come through.
    const again = setInterval(() => void take().catch(() => {}), ALONE_AGAIN_MS);
    this.#alone = true;
    try {
      return await work();
    } finally {
      clearInterval(again);
      this.#alone = false;
      this.#held = null;
      await limiter.change((traffic) => {
        if (traffic.alone?.by === id) traffic.alone = null;
      });
    }
  }

  get #admin(): string | null {
    return this.#caller.options.connection.adminUserId;
  }

  #key(subject: string | null): string {
    const { fingerprint } = this.#caller.options.connection;
    return subject === null ? fingerprint : `${fingerprint}:${subject}`;
  }

  async #withToken(call: Call, key: string, mint: () => Promise<Token>): Promise<Answer> {
    let token = await this.#good(key, mint);
    // Its turn may come when that one has ended.
    const bearer = async () => {
      token = await this.#good(key, mint);
      return token.accessToken;
    };
    for (let tries = 1; ; tries++) {
      try {
        return await this.#caller.call({ ...call, bearer });
      } catch (error) {
        if (!(error instanceof ConnectorError) || error.ask.status !== 401) throw error;
        // Minted once, retried once; but a token that our own mint for another subject has ended is no refusal.
        const ownDoing = saysRevoked(error) && (await this.#mintedSince(token));
        if (tries > 1 && (!ownDoing || tries > MOST_OWN_ENDS)) throw error;
        token = await this.#after401(key, token, error, mint);
      }
    }
  }

  #shared(key: string, stale: string | null, mint: () => Promise<Token>): Promise<Token> {
    const { tokens, signal } = this.#caller.options;
    return tokens.get(key, stale, mint, signal);
  }

  /** The shared token; renewed if its time is nearly over. */
  async #good(key: string, mint: () => Promise<Token>): Promise<Token> {
    if (this.#held?.key === key && this.#fresh(this.#held.token)) return this.#held.token;
    await this.#turn();
    let token = await this.#shared(key, null, mint);
    if (!this.#fresh(token)) token = await this.#shared(key, token.accessToken, mint);
    this.#held = { key, token };
    return token;
  }

  /** While another has the credential alone, nobody mints: it would end the session of the one. */
  async #turn(): Promise<void> {
    const { limiter, id, signal } = this.#caller;
    const taken = () => limiter.change((traffic, now) => isTaken(traffic, id, now));
    while (await taken()) await sleep(LOOK_AGAIN_MS, undefined, { signal });
  }

  /** A new token after a refusal, unless another run of ours has put one there already. */
  async #after401(
    key: string,
    refused: Token,
    error: ConnectorError,
    mint: () => Promise<Token>,
  ): Promise<Token> {
    this.#held = null;
    await this.#turn();
    let minted = false;
    const ownMintSince = await this.#mintedSince(refused);
    const token = await this.#shared(key, refused.accessToken, () => {
      minted = true;
      return mint();
    });
    if (minted && !ownMintSince && this.#fresh(refused) && saysRevoked(error)) {
      await this.#caller.limiter.change((traffic, now) => {
        traffic.endedEarly = [...endedSince(traffic, now - DAY_MS), error.ask].slice(-MOST_ENDS_KEPT);
      });
    }
    this.#held = { key, token };
    return token;
  }

  async #mintV3(subject: string | null): Promise<Token> {
    const { clientId, secret } = this.#caller.options.credential;
    const sub: Record<string, string> = subject === null ? {} : { sub: subject };
    const authorization = basic(clientId ?? "", secret);
    const grant = { grant_type: "client_credentials" };
    try {
      return await this.#mint({
        method: "POST",
        url: this.#caller.url("auth", "/token"),
        headers: { authorization, "content-type": "application/x-www-form-urlencoded" },
        body: new URLSearchParams({ ...grant, ...sub }).toString(),
        families: ["token"],
      });
    } catch (error) {
      // The OpenAPI page puts the grant into the query and the subject into JSON; everybody's code uses the form.
      const overlooked =
        error instanceof ConnectorError &&
        error.ask.status === 400 &&
        /must include.*grant_type/i.test(error.said ?? "");
      if (!overlooked) throw error;
      return this.#mint({
        method: "POST",
        url: this.#caller.url("auth", "/token", grant),
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify(sub),
        families: ["token"],
      });
    }
  }

  async #mintAudit(): Promise<Token> {
    return this.#mint({
      method: "POST",
      url: this.#caller.url("harvest", "/auth/jwt_access_token"),
      headers: {
        authorization: this.#basic(),
        "content-type": "application/json",
        ...(this.#admin !== null && { "on-behalf-of": this.#admin }),
      },
      families: ["token"],
    });
  }

  async #mint(call: Call): Promise<Token> {
    let answer: Answer;
    try {
      answer = await this.#caller.call({ ...call, parse: parseTokenBody, maxBytes: 256 * 1024 });
    } catch (error) {
      throw error instanceof ConnectorError && error.ask.status === 401 ? asCredential(error) : error;
    }
    const minted = mintedToken(answer.body as Record<string, unknown>, answer.date ?? this.#caller.now());
    if (!minted) {
      throw new ConnectorError(
        "unreadable",
        `${call.method} ${answer.ask.path} answered without a token`,
        answer.ask,
        {
          fault: "shape",
          said: withWords("no token in the answer", answer.said),
        },
      );
    }
    const { accessToken, lifeMs } = minted;
    return this.#caller.limiter.change((traffic, now) => {
      traffic.mintedAt = now;
      return { accessToken, expiresAt: now + lifeMs, mintedAt: now };
    });
  }

  /** Have we ourselves minted another token, for whatever subject, since this one? */
  #mintedSince(token: Token): Promise<boolean> {
    return this.#caller.limiter.change(({ mintedAt }) => mintedAt > token.mintedAt);
  }

  #fresh(token: Token): boolean {
    const margin = Math.min(MARGIN_MS, (token.expiresAt - token.mintedAt) / 10);
    return token.expiresAt - margin > this.#caller.now();
  }

  #basic(): string {
    return basic(this.#caller.options.credential.secret, "");
  }
}

/** "Token has already been refreshed or revoked": the words of an ended token (api.md §2.1). */
export function saysRevoked(error: ConnectorError): boolean {
  return /refreshed or revoked/i.test(error.said ?? "");
}

function endedSince({ endedEarly }: Traffic, since: number): Ask[] {
  return endedEarly.filter((ask) => ask.at > since);
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

function asCredential(error: ConnectorError): ConnectorError {
  const { message, ask, said, retryAfterMs, fault } = error;
  return new ConnectorError("credential", message, ask, { said, retryAfterMs, fault, cause: error.cause });
}
