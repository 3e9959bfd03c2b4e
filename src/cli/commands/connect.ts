/** connect, credential, test, disconnect: an account comes, is checked, and goes. */
import { type Command, Option } from "commander";
import { shellName } from "../../model/text.ts";
import type { Client, Refused } from "../client.ts";
import { type Context, EXIT, examples, output, UsageError } from "../context.ts";
import { hush, prompt, readSecret } from "../secret.ts";
import { followSteps, type Tested } from "../steps.ts";
import { paint, write } from "../terminal.ts";
import { count, exactTime, harmless, harmlessJson, wrap } from "../text.ts";

const KINDS = ["harvest_v3", "harvest_v1"] as const;
const ORIGIN_SETTINGS = {
  harvest: "GLASSHOUSE_GREENHOUSE_HARVEST_URL",
  auth: "GLASSHOUSE_GREENHOUSE_AUTH_URL",
  audit: "GLASSHOUSE_GREENHOUSE_AUDIT_URL",
} as const;

interface CredentialOptions {
  credential: (typeof KINDS)[number];
  clientId?: string;
  adminUserId?: string;
  json?: boolean;
}

export function connectCommands(root: Command, context: Context): void {
  connect(root, context);
  credential(root, context);
  test(root, context);
  disconnect(root, context);
}

const SECRET_HELP =
  "The secret is piped in, typed at a hidden prompt, or read from GLASSHOUSE_CREDENTIAL_SECRET(_FILE): never an " +
  "argument, which other users of the machine could read.";
const secretHelp = ({ terminal }: Context) => `\n${wrap(SECRET_HELP, terminal.columns ?? 100).join("\n")}`;

function connect(root: Command, context: Context): void {
  const command = root
    .command("connect")
    .description("Connect an account: tests it step by step, then saves it.")
    .addArgument(root.createArgument("<vendor>", "whose account").choices(["greenhouse"]))
    .requiredOption("--name <name>", "what to call the connection")
    .addOption(new Option("--credential <kind>", "kind of credential").choices(KINDS).default("harvest_v3"))
    .addOption(
      new Option("--permission <type>", "`read` can't change anything in Greenhouse")
        .choices(["read", "read_and_act"])
        .default("read"),
    )
    .option("--client-id <id>", "the client ID of a harvest_v3 credential")
    .option("--admin-user-id <id>", "a Site Admin's user ID, or the address of their page in Greenhouse")
    .option("--without-usage", "don't ask for the audit log: everything but usage")
    .option("--time-zone <zone>", "decides where a day begins, such as Europe/Zurich", "UTC")
    .addHelpText("after", secretHelp(context));
  examples(output(command, { list: false }), [
    "connect greenhouse --name Aldermoor --client-id abc-12345 < secret.txt",
    "connect greenhouse --name Aldermoor --credential harvest_v1 --admin-user-id 4017730022",
    "connect greenhouse --name Aldermoor --client-id abc-12345 --without-usage",
  ]).action(
    async (
      vendor: "greenhouse",
      given: CredentialOptions & {
        name: string;
        permission: "read";
        withoutUsage?: boolean;
        timeZone: string;
      },
    ) => {
      const body = {
        name: given.name,
        vendor,
        credential: await readCredentialOf(context, given),
        permissionType: given.permission,
        adminUser: given.adminUserId ?? null,
        usage: !given.withoutUsage,
        settings: { timeZone: given.timeZone },
        ...namedOrigins(context),
      };
      await context.withClient("connect", async (client) => {
        const tested = await followSteps(context.terminal, client.stream("createConnection", { body }), {
          quiet: given.json ?? false,
          name: null,
        });
        await saved(context, tested, given.json ?? false, "Connected");
      });
    },
  );
}

/** Origins that this command's own environment names: over its socket the owner accepts them from the same user. */
function namedOrigins({ terminal, config }: Context) {
  if (config.remote) return {};
  const origins = Object.fromEntries(
    Object.entries(ORIGIN_SETTINGS).flatMap(([part, name]) =>
      terminal.env[name]?.trim() ? [[part, config.origins[part as keyof typeof ORIGIN_SETTINGS]]] : [],
    ),
  );
  return Object.keys(origins).length > 0 ? { origins } : {};
}

async function readCredentialOf(context: Context, given: CredentialOptions) {
  const { terminal } = context;
  const asks =
    terminal.in.isTTY && (context.config.credentialSecret === null || given.clientId === undefined);
  const quiet = asks ? hush(terminal) : null;
  try {
    return await askCredential(context, given);
  } finally {
    quiet?.end();
  }
}

async function askCredential(context: Context, given: CredentialOptions) {
  const v3 = given.credential === "harvest_v3";
  if (!v3 && given.clientId !== undefined) {
    throw new UsageError(
      "A harvest_v1 key has no client ID. Leave --client-id out, or use --credential harvest_v3.",
    );
  }
  let clientId = given.clientId ?? null;
  if (v3 && clientId === null) {
    if (!context.terminal.in.isTTY) throw new UsageError("A harvest_v3 credential needs --client-id.");
    clientId = await prompt(context, "Client ID: ", false);
  }
  const secret = await readSecret(context, v3 ? "Client secret" : "Harvest v1 key");
  return { kind: given.credential, clientId, secret };
}

async function saved(
  context: Context,
  { steps, saved: connection }: Tested,
  json: boolean,
  done: string,
): Promise<void> {
  const { terminal } = context;
  if (!connection) throw new Error("The server ended before it had saved anything.");
  const failed = steps.filter((step) => step.state === "failed");
  if (failed.length > 0) context.exit = EXIT.attention;
  if (json) return write(terminal.out, `${harmlessJson(connection, 2)}\n`);
  const name = harmless(connection.name);
  const icon = failed.length > 0 ? paint(terminal, "attention", "▲") : paint(terminal, "well", "✓");
  const but =
    failed.length > 0
      ? `, but not everything can be read: ${failed.map((step) => step.label).join(", ")}`
      : "";
  await write(terminal.out, `\n${icon} ${done} as ${name} (id ${connection.id})${but}.\n`);
  if (connection.notGreenhouse) {
    await write(
      terminal.out,
      paint(terminal, "attention", "  This is not Greenhouse: its origins are not under greenhouse.io.\n"),
    );
  }
  await write(terminal.out, `  Next: glasshouse sync ${harmless(shellName(connection.name))}\n`);
}

function credential(root: Command, context: Context): void {
  const command = root
    .command("credential <connection>")
    .description(
      "Replace a connection's credential or admin user by others of the same account, once they pass the test.",
    )
    .addOption(
      new Option("--credential <kind>", "kind of the new credential").choices(KINDS).default("harvest_v3"),
    )
    .option("--client-id <id>", "the client ID of a harvest_v3 credential")
    .option(
      "--admin-user-id <id>",
      "a Site Admin's user ID, or the address of their page in Greenhouse; none: without one",
    )
    .option("--keep-secret", "only the admin user changes; the stored credential stays")
    .addHelpText("after", secretHelp(context));
  examples(output(command, { list: false }), [
    "credential Aldermoor --client-id abc-67890 < secret.txt",
    "credential Aldermoor --keep-secret --admin-user-id 4017730022",
  ]).action(async (c: string, given: CredentialOptions & { keepSecret?: boolean }) => {
    const adminUser = given.adminUserId === "none" ? null : given.adminUserId;
    if (given.keepSecret && adminUser === undefined)
      throw new UsageError("--keep-secret goes with --admin-user-id.");
    const body = {
      ...(given.keepSecret ? {} : { credential: await readCredentialOf(context, given) }),
      ...(adminUser === undefined ? {} : { adminUser }),
    };
    await context.withClient("credential", async (client) => {
      const events = client.stream("replaceCredential", { params: { c }, body });
      await saved(
        context,
        await followSteps(context.terminal, events, { quiet: given.json ?? false, name: c }),
        given.json ?? false,
        "Replaced",
      );
    });
  });
}

function test(root: Command, context: Context): void {
  const command = root
    .command("test <connection>")
    .description("Test a connection step by step: what it may read, and what to do about what it may not.");
  examples(output(command, { list: false }), ["test Aldermoor"]).action(
    async (c: string, given: { json?: boolean }) => {
      await context.withClient("test", async (client) => {
        const events = client.stream("testConnection", { params: { c } });
        const { steps } = await followSteps(context.terminal, events, {
          quiet: given.json ?? false,
          name: c,
        });
        if (steps.some((step) => step.state === "failed")) context.exit = EXIT.attention;
        if (given.json) await write(context.terminal.out, `${harmlessJson(steps, 2)}\n`);
      });
    },
  );
}

interface DisconnectOptions {
  keepData?: boolean;
  deleteData?: boolean;
  yes?: boolean;
  json?: boolean;
}

function disconnect(root: Command, context: Context): void {
  const command = root
    .command("disconnect <connection>")
    .description("Disconnect an account: its credential is destroyed, its data kept or deleted.")
    .addOption(new Option("--keep-data", "what was read stays readable").conflicts("deleteData"))
    .option("--delete-data", "delete everything that was read")
    .option("--yes", "don't ask for the name again");
  examples(output(command, { list: false }), [
    "disconnect Aldermoor --keep-data",
    "disconnect Aldermoor --delete-data --yes",
  ]).action(async (c: string, given: DisconnectOptions) => {
    if (!given.keepData && !given.deleteData) throw new UsageError("Choose --keep-data or --delete-data.");
    await context.withClient("disconnect", async (client) => {
      const data = given.deleteData ? "delete" : "keep";
      if (!given.yes) await confirm(context, client, c, data);
      const answer = await client.call("disconnect", { params: { c }, query: { data } });
      if (given.json) return write(context.terminal.out, `${harmlessJson(answer, 2)}\n`);
      const end = {
        kept: "Its data stays, frozen.",
        deleted: "Its data is deleted.",
        deleting: "Its data is being deleted: that goes on by itself.",
      }[answer.data];
      await write(
        context.terminal.out,
        `${harmless(c)} is disconnected; its credential is destroyed. ${end}\n`,
      );
    });
  });
}

async function confirm(context: Context, client: Client, c: string, data: "keep" | "delete"): Promise<void> {
  const { terminal } = context;
  if (!terminal.in.isTTY) throw new UsageError("Nobody is here to confirm it. Add --yes.");
  const { name } = await client.call("getConnection", { params: { c } });
  const has = await client.call("disconnectPreview", { params: { c } });
  const what = `${count(has.users)} users, ${count(has.grants)} grants, ${count(has.events)} events, ${count(has.usageDays)} days of use`;
  const lost =
    data === "delete" && has.eventsBefore
      ? ` Greenhouse no longer has events before ${has.eventsBefore.slice(0, 10)}.`
      : "";
  await write(
    terminal.err,
    data === "keep" ? `${what} stay readable.\n` : `${what} will be deleted.${lost}\n`,
  );
  const typed = await prompt(context, `Type the connection's name, ${harmless(name)}, to go on: `, false);
  if (typed.trim() !== name) throw new UsageError("That is not its name. Nothing was changed.");
}

/** A refusal with its cure, as lines for standard error. */
export function refusalText(error: Refused): string {
  const message = harmless(error.message).replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, exactTime);
  const cure = error.cure === null ? "" : harmless(error.cure).replaceAll("`", "");
  return cure === "" || message.endsWith(cure) ? message : `${message}\n→ ${cure}`;
}
