/** An issuer of OpenID Connect on this machine: a real provider, with a page on which people choose who they are. */
import { generateKeyPairSync } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { type ClientMetadata, type Configuration, Provider } from "oidc-provider";
import type { OidcSettings } from "../src/config.ts";

export interface Account {
  name?: string;
  email?: string;
  email_verified?: boolean;
}

type Instead = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface Issuer {
  settings: OidcSettings;
  /** By subject. */
  accounts: Map<string, Account>;
  /** Of each request. */
  asked: string[];
  /** Answers from now on, to a client that comes back to this address. */
  serve(redirect: string, changes?: { client?: Partial<ClientMetadata>; provider?: Configuration }): void;
  /** Answers every request so, before the provider sees it, unless it gives false; null: no longer. */
  instead(answer: Instead | null): void;
  close(): Promise<void>;
}

const CLIENT = { clientId: "glasshouse", clientSecret: "only the issuer and Glasshouse know this" };

export async function issuer(t: TestContext): Promise<Issuer> {
  const accounts = new Map<string, Account>();
  const asked: string[] = [];
  let provider: Provider | null = null;
  let instead: Instead | null = null;
  const server = createServer(async (request, response) => {
    asked.push(`${request.method} ${request.url!.split("?")[0]}`);
    if (instead && instead(request, response) !== false) return;
    if (request.url === "/favicon.ico") return response.writeHead(204).end();
    if (request.url!.startsWith("/choose/")) return choose(provider!, accounts, request, response);
    return provider!.callback()(request, response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const close = () => closeNow(server);
  t.after(close);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    settings: { issuer: new URL(url), ...CLIENT, label: "Aldermoor" },
    accounts,
    asked,
    serve(redirect, { client = {}, provider: changes = {} } = {}) {
      provider = new Provider(url, { ...configuration(accounts, redirect, client), ...changes });
    },
    instead(answer) {
      instead = answer;
    },
    close,
  };
}

async function closeNow(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeAllConnections();
  await closed;
}

const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });

function configuration(
  accounts: Map<string, Account>,
  redirect: string,
  client: Partial<ClientMetadata>,
): Configuration {
  return {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: [redirect],
        ...client,
      },
    ],
    jwks: { keys: [{ ...key, use: "sig", alg: "RS256", kid: "test" }] } as never,
    cookies: { keys: ["a key of this test"] },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 600, IdToken: 60, Interaction: 600, Session: 600 },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_ctx, { uid }) => `/choose/${uid}` },
    findAccount: (_ctx, sub) => {
      const account = accounts.get(sub);
      return account && { accountId: sub, claims: () => ({ sub, ...account }) };
    },
    // Nobody is asked what Glasshouse may know: that is not what is tested.
    async loadExistingGrant(ctx) {
      const { Grant } = ctx.oidc.provider;
      const grant = new Grant({
        clientId: ctx.oidc.client!.clientId,
        accountId: ctx.oidc.session!.accountId!,
      });
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  };
}

/** A page with a button for each account, and one that ends the sign-in. */
async function choose(
  provider: Provider,
  accounts: Map<string, Account>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const who = new URL(request.url!, "http://here").searchParams.get("as");
  if (who === null) {
    const buttons = [...accounts.keys(), "nobody"].map(
      (sub) => `<p><a href="?as=${encodeURIComponent(sub)}">Sign in as ${sub}</a></p>`,
    );
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(
      `<!doctype html><html lang="en"><title>Aldermoor</title><h1>Aldermoor</h1>${buttons.join("")}`,
    );
    return;
  }
  const result =
    who === "nobody"
      ? { error: "access_denied", error_description: "The person chose to <b>end</b> it." }
      : { login: { accountId: who } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** Goes where a browser goes: from where Glasshouse sends it, until the issuer sends it back. Gives what that added. */
export async function walk(url: string, as: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let next = new URL(url);
  const { origin } = next;
  for (let steps = 0; steps < 10; steps++) {
    if (next.origin !== origin) return next;
    const answer = await fetch(next, {
      redirect: "manual",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
    });
    const text = await answer.text();
    for (const set of answer.headers.getSetCookie()) {
      const [name, value] = set.split(";", 1)[0]!.split(/=(.*)/s) as [string, string];
      cookies.set(name, value);
    }
    const location = answer.headers.get("location");
    if (location) next = new URL(location, next);
    else if (answer.status === 200 && next.pathname.startsWith("/choose/")) next.searchParams.set("as", as);
    else throw new Error(`${next.pathname} answered ${answer.status}: ${text.slice(0, 300)}`);
  }
  throw new Error("the issuer sends the browser round and round");
}
