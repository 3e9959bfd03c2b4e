/** Serves the built console: one page for every address that is not the API's, and the files that it names. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import files from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { notBuiltPage } from "./page.ts";

/** Hashed files never change: a year is as long as caches keep anything. */
const IMMUTABLE = { maxAge: "365d", immutable: true } as const;
const OPEN = { schema: { hide: true } as object, config: { open: true } };

/** `folder` may be missing, or be built while we run: it is looked at anew each time. */
export async function serveConsole(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(files, {
    root: folder,
    serve: false,
    index: false,
    preCompressed: true,
    suppressWarning: true,
  });
  app.get<{ Params: { "*": string } }>("/assets/*", OPEN, (request, reply) =>
    reply.sendFile(`assets/${request.params["*"]}`, IMMUTABLE),
  );
  // What the API doesn't have is for the API to say, and only to whoever may ask it.
  app.get("/api/*", { schema: { hide: true } as object }, (_request, reply) => reply.callNotFound());
  app.get("/*", OPEN, async (_request, reply) => {
    const page = await readFile(join(folder, "index.html"), "utf8").catch(() => null);
    const nonce = randomBytes(18).toString("base64");
    reply.type("text/html; charset=utf-8").header("content-security-policy", policy(nonce));
    if (page === null) return reply.code(503).send(notBuiltPage(nonce));
    return reply.send(page.replace("__NONCE__", nonce));
  });
}

/** Scripts and data from us alone. The nonce is for the styles that an open dialog adds to hold the page still. */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "form-action 'self'",
  ].join("; ");
}
