/** setup-code, reset-admin: getting in for the first time, or again. Both need the server's own machine. */
import type { Command } from "commander";
import type { Client } from "../client.ts";
import { type Context, examples, output } from "../context.ts";
import { write } from "../terminal.ts";
import { harmless, harmlessJson } from "../text.ts";

export function accessCommands(root: Command, context: Context): void {
  const setup = root
    .command("setup-code")
    .description(
      "Make a setup code: who enters it in the browser becomes the first admin. The one before is void.",
    );
  examples(output(setup, { list: false }), ["setup-code"]).action((given: { json?: boolean }) =>
    context.withClient("setup-code", async (client) => {
      const { out } = context.terminal;
      const answer = await client.call("newSetupCode", { body: {} });
      if (given.json) return write(out, `${harmlessJson(answer, 2)}\n`);
      await write(
        out,
        `${answer.code}\n\nIt works once, for 30 minutes. Open Glasshouse in a browser and enter it.\n`,
      );
    }),
  );

  const reset = root
    .command("reset-admin <email>")
    .description(
      "Make a code with which an admin who can't sign in sets a new password; it ends the second factor too.",
    );
  examples(output(reset, { list: false }), ["reset-admin m.ito@aldermoor.example"]).action(
    (email: string, given: { json?: boolean }) =>
      context.withClient("reset-admin", async (client) => {
        const { out } = context.terminal;
        const answer = await client.call("resetAdmin", { body: { email } });
        if (given.json) return write(out, `${harmlessJson(answer, 2)}\n`);
        await write(
          out,
          `${answer.code}\n\nFor ${harmless(answer.name)}. It works once, for an hour: open /invitation of Glasshouse in a browser and enter it.\n`,
        );
      }),
  );
}

/** For a browser: cookies belong to a name, and the same one every time. */
export function browserAddress(url: string): string {
  return url.replace(/^http:\/\/(127\.0\.0\.1|\[::1\]):/, "http://localhost:");
}

/** What `serve` and `demo` say of getting in: the code itself only where a person reads it. */
export async function howToGetIn(client: Client, { terminal }: Context, url: string): Promise<string[]> {
  const { state } = await client.call("getSession", {});
  if (state !== "unclaimed") return [`Open ${url} and sign in.`];
  const { code, file } = await client.call("newSetupCode", { body: { toFile: terminal.columns === null } });
  return [
    `Open ${url} and enter the setup code:`,
    "",
    `  ${code ?? `in the file ${file}`}`,
    "",
    "It works once, for 30 minutes; `npm run -s glasshouse -- setup-code` makes a new one.",
  ];
}
