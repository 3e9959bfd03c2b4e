/** The installation itself. */
import { z } from "zod";
import { endpoint } from "./kit.ts";

export const backup = endpoint({
  method: "POST",
  path: "/backup",
  needs: "machine",
  target: "file",
  group: "Installation",
  summary: "Writes a consistent copy of the database, without its key, to a file on the server's machine.",
  body: z
    .object({ file: z.string().min(1).max(4000).describe("an absolute path that doesn't exist yet") })
    .strict(),
  answer: z.object({ file: z.string(), bytes: z.number() }),
  errors: ["invalid_request", "not_possible"],
});

export const rotateKey = endpoint({
  method: "POST",
  path: "/rotate-key",
  needs: "admin",
  group: "Installation",
  summary: "Seals every stored secret anew with a fresh key.",
  answer: z.object({
    sealed: z.number(),
    unreadable: z.number().describe("left as they are: sealed with a key that isn't here"),
  }),
  errors: ["not_possible"],
});
