/** Asks an issuer of OpenID Connect who somebody is: authorization code, PKCE, state, nonce. */
import type { Configuration, CustomFetch } from "openid-client";
import { fetch as undiciFetch } from "undici";
import type { OidcSettings } from "../config.ts";
import { dispatcher } from "../connectors/proxy.ts";
import { refusalOf } from "./oidc-refusals.ts";
import { AccessRefused } from "./refused.ts";

const TIMEOUT_S = 10;
/** How long what the issuer says of itself is believed. */
const FRESH_MS = 3_600_000;
const SCOPE = "openid email profile";

/** Known only to the browser that began, and to us while it ends. */
export interface Checks {
  state: string;
  nonce: string;
  verifier: string;
}

/** Somebody, as the issuer tells. */
export interface Person {
  issuer: string;
  subject: string;
  /** null: the issuer doesn't vouch for any. */
  email: string | null;
  name: string | null;
}

/** How a client secret is told: what a client is registered for is known to the issuer alone. */
type Method = "basic" | "post";
interface Discovered {
  config: Configuration;
  method: Method;
  at: number;
}

export class SingleSignOn {
  readonly #settings: OidcSettings;
  readonly #now: () => number;
  #discovered: Promise<Discovered> | null = null;

  /** Nothing is asked before somebody signs in: an issuer that is down holds nothing up. */
  constructor(settings: OidcSettings, now: () => number = Date.now) {
    this.#settings = settings;
    this.#now = now;
  }

  get label(): string {
    return this.#settings.label;
  }

  /** Where the browser goes to sign in there. @throws AccessRefused `sso_unreachable`, `sso_misconfigured` */
  async addressFor(redirect: URL, checks: Checks): Promise<URL> {
    const client = await import("openid-client");
    return this.#refusing(async () => {
      const { config } = await this.#discover();
      const address = client.buildAuthorizationUrl(config, {
        redirect_uri: redirect.href,
        scope: SCOPE,
        state: checks.state,
        nonce: checks.nonce,
        code_challenge: await client.calculatePKCECodeChallenge(checks.verifier),
        code_challenge_method: "S256",
      });
      // Without https only where the issuer itself is: on this machine. Never anything else, such as `javascript:`.
      if (address.protocol !== "https:" && address.protocol !== this.#settings.issuer.protocol) {
        throw new AccessRefused("sso_misconfigured", `${this.label} wants people to sign in without https.`);
      }
      return address;
    });
  }

  /**
   * @param answer the redirect address with what the issuer has added
   * @throws AccessRefused `sso_unreachable`, `sso_misconfigured`, `sso_cancelled`, `sso_answer_refused`
   */
  async person(answer: URL, checks: Checks): Promise<Person> {
    return this.#refusing(async () => {
      const discovered = await this.#discover();
      try {
        return await this.#ask(discovered.config, answer, checks);
      } catch (error) {
        const other = otherMethod(discovered);
        if (other === null || !isClientRefused(error)) throw error;
        const again = await this.#configure(discovered.config, other);
        const person = await this.#ask(again, answer, checks);
        this.#discovered = Promise.resolve({ ...discovered, config: again, method: other });
        return person;
      }
    });
  }

  async #ask(config: Configuration, answer: URL, checks: Checks): Promise<Person> {
    const client = await import("openid-client");
    const tokens = await client.authorizationCodeGrant(config, answer, {
      expectedState: checks.state,
      expectedNonce: checks.nonce,
      pkceCodeVerifier: checks.verifier,
    });
    const claims = tokens.claims()!;
    const told: Record<string, unknown> =
      claims.email === undefined && config.serverMetadata().userinfo_endpoint !== undefined
        ? { ...(await client.fetchUserInfo(config, tokens.access_token, claims.sub)), ...claims }
        : claims;
    const { email, name } = told;
    return {
      issuer: claims.iss,
      subject: claims.sub,
      email: isEmail(email) && vouchesForEmail(claims.iss, told) ? email : null,
      name: typeof name === "string" && name.trim() !== "" ? name : null,
    };
  }

  /** One question at a time, and none again while its answer is fresh. A failure is forgotten at once. */
  async #discover(): Promise<Discovered> {
    const known = await this.#discovered?.catch(() => null);
    if (known && this.#now() - known.at < FRESH_MS) return known;
    const asking = this.#discoverNow();
    this.#discovered = asking;
    asking.catch(() => {
      if (this.#discovered === asking) this.#discovered = null;
    });
    return asking;
  }

  async #discoverNow(): Promise<Discovered> {
    const client = await import("openid-client");
    const { issuer, clientId, clientSecret } = this.#settings;
    const config = await client.discovery(issuer, clientId, clientSecret, undefined, {
      [client.customFetch]: throughProxy,
      timeout: TIMEOUT_S,
      ...(issuer.protocol === "http:" ? { execute: [client.allowInsecureRequests] } : {}),
    });
    // What an issuer supports and leaves untold is basic.
    const supported = config.serverMetadata().token_endpoint_auth_methods_supported;
    const method = !supported || supported.includes("client_secret_basic") ? "basic" : "post";
    return { config: await this.#configure(config, method), method, at: this.#now() };
  }

  async #configure(discovered: Configuration, method: Method): Promise<Configuration> {
    const client = await import("openid-client");
    const { issuer, clientId, clientSecret } = this.#settings;
    const how =
      method === "basic" ? client.ClientSecretBasic(clientSecret) : client.ClientSecretPost(clientSecret);
    const metadata = { [client.clockSkew]: Math.round((this.#now() - Date.now()) / 1000) };
    const config = new client.Configuration(discovered.serverMetadata(), clientId, metadata, how);
    config.timeout = TIMEOUT_S;
    config[client.customFetch] = throughProxy;
    if (issuer.protocol === "http:") client.allowInsecureRequests(config);
    // A proxy on the way may open https: the signature is checked as well.
    client.enableNonRepudiationChecks(config);
    return config;
  }

  async #refusing<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const refusal = refusalOf(error, this.#settings);
      // What was discovered may be what is wrong.
      if (refusal.code !== "sso_cancelled") this.#discovered = null;
      throw refusal;
    }
  }
}

const throughProxy: CustomFetch = (url, options) =>
  undiciFetch(url, { ...options, dispatcher: dispatcher() } as Parameters<
    typeof undiciFetch
  >[1]) as unknown as Promise<Response>;

function otherMethod({ config, method }: Discovered): Method | null {
  const other = method === "basic" ? "post" : "basic";
  const supported = config.serverMetadata().token_endpoint_auth_methods_supported ?? [];
  return supported.includes(`client_secret_${other}`) ? other : null;
}

function isClientRefused(error: unknown): boolean {
  const { code, error: said, status } = error as { code?: string; error?: string; status?: number };
  return said === "invalid_client" || (code === "OAUTH_WWW_AUTHENTICATE_CHALLENGE" && status === 401);
}

const isEmail = (told: unknown): told is string =>
  typeof told === "string" && told.length <= 254 && /^[^\s\p{Cc}\p{Cf}@]+@[^\s\p{Cc}\p{Cf}@]+$/u.test(told);

/** Microsoft's tenants say it by a claim of their own, which an admin of theirs has to add. */
const MICROSOFT = "https://login.microsoftonline.com/";

export function vouchesForEmail(issuer: string, claims: Record<string, unknown>): boolean {
  if (claims.email_verified !== undefined || !issuer.startsWith(MICROSOFT))
    return claims.email_verified === true;
  return claims.xms_edov === true || claims.xms_edov === 1 || claims.xms_edov === "1";
}
