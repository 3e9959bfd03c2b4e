/** members: who may sign in, as what, and to which connections. */
import { type Command, Option } from "commander";
import type { MemberView } from "../../api/contract/members.ts";
import type { Answer, Call } from "../../api/contract.ts";
import type { CsvColumn } from "../../model/csv.ts";
import { MEMBER_ROLES } from "../../model/member.ts";
import { shellName } from "../../model/text.ts";
import type { Client } from "../client.ts";
import { type Context, examples, type ListOptions, output, several, UsageError } from "../context.ts";
import { printList } from "../list.ts";
import { prompt } from "../secret.ts";
import type { Column } from "../table.ts";
import { write } from "../terminal.ts";
import { clock, count, countOf, exactTime, harmless, harmlessJson } from "../text.ts";

type Role = (typeof MEMBER_ROLES)[number];
interface Json {
  json?: boolean;
}

export function memberCommands(root: Command, context: Context): void {
  const members = root
    .command("members")
    .description("Who may sign in: role, second factor, when last here.");
  list(members, context);
  invite(members, context);
  role(members, context);
  limit(members, context);
  reset(members, context);
  signOut(members, context);
  remove(members, context);
  secondFactor(members, context);
}

function list(members: Command, context: Context): void {
  examples(output(members, { list: true }), [
    "members",
    "members invite t.wren@aldermoor.example --name 'Tomas Wren' --role viewer",
    "members role t.wren@aldermoor.example operator",
  ]).action((given: ListOptions) =>
    context.withClient("members", async (client) => {
      const { items } = await client.call("listMembers", {});
      const names = await connectionNames(client);
      await printList(
        context,
        {
          pages: onePage(items, given.limit),
          columns: columns(context.terminal.now(), names),
          csv: csv(names),
          what: "members",
          source: "records",
          times: true,
          scope: "",
          empty: "Nobody yet: glasshouse setup-code makes the first admin.",
        },
        given,
      );
    }),
  );
}

function invite(members: Command, context: Context): void {
  const command = members
    .command("invite <email>")
    .description(
      "Add a member, and print a one-time code to hand over: it sets their password, within 7 days.",
    )
    .requiredOption("--name <name>", "what they are called; they may change it")
    .addOption(new Option("--role <role>", "what they may do").choices(MEMBER_ROLES).makeOptionMandatory())
    .option(
      "--connections <names>",
      "limit them to these connections, by name or id; without it, all",
      several,
    );
  examples(output(command, { list: false }), [
    "members invite t.wren@aldermoor.example --name 'Tomas Wren' --role viewer",
    "members invite p.halvorsen@aldermoor.example --name Priya --role operator --connections Aldermoor",
  ]).action((email: string, given: Json & { name: string; role: Role; connections?: string[] }) =>
    context.withClient("members", async (client) => {
      const connections = given.connections ? await idsOf(client, given.connections) : null;
      const body = { email, name: given.name, role: given.role, connections };
      await handOver(context, await client.call("inviteMember", { body }), given);
    }),
  );
}

function role(members: Command, context: Context): void {
  const command = members
    .command("role <member> <role>")
    .description(
      "Give a member another role: viewer, operator, admin; none takes it away and ends sessions. It counts at once.",
    );
  examples(output(command, { list: false }), [
    "members role t.wren@aldermoor.example operator",
    "members role t.wren@aldermoor.example none",
  ]).action((who: string, asked: string, given: Json) =>
    context.withClient("members", async (client) => {
      if (asked !== "none" && !MEMBER_ROLES.includes(asked as Role))
        throw new UsageError(`"${asked}" is none of ${MEMBER_ROLES.join(", ")}, none.`);
      await change(context, client, who, { role: asked === "none" ? null : (asked as Role) }, given);
    }),
  );
}

function limit(members: Command, context: Context): void {
  const command = members
    .command("limit <member> [connections...]")
    .description("Limit a member to some connections, by name or id. It counts at once.")
    .option("--all", "take the limit away");
  examples(output(command, { list: false }), [
    "members limit t.wren@aldermoor.example Aldermoor 'Aldermoor EU'",
    "members limit t.wren@aldermoor.example --all",
  ]).action((who: string, asked: string[], given: Json & { all?: boolean }) =>
    context.withClient("members", async (client) => {
      if (Boolean(given.all) === asked.length > 0)
        throw new UsageError("Name the connections, or give --all to take the limit away.");
      const connections = given.all ? null : await idsOf(client, asked);
      await change(context, client, who, { connections }, given);
    }),
  );
}

function reset(members: Command, context: Context): void {
  const command = members
    .command("reset <member>")
    .description(
      "Print a one-time code with which a member sets a new password; once used it ends sessions and second factor.",
    );
  examples(output(command, { list: false }), ["members reset t.wren@aldermoor.example"]).action(
    (who: string, given: Json) =>
      context.withClient("members", async (client) => {
        const params = { member: (await find(client, who)).id };
        await handOver(context, await client.call("newMemberCode", { params }), given);
      }),
  );
}

function signOut(members: Command, context: Context): void {
  const command = members.command("sign-out <member>").description("End all of a member's sessions.");
  examples(output(command, { list: false }), ["members sign-out t.wren@aldermoor.example"]).action(
    (who: string, given: Json) =>
      context.withClient("members", async (client) => {
        const { id, name } = await find(client, who);
        const answer = await client.call("endMemberSessions", { params: { member: id } });
        await say(context, answer, given, `${name}: ${countOf(answer.ended, "sessions")} ended.`);
      }),
  );
}

function remove(members: Command, context: Context): void {
  const command = members
    .command("remove <member>")
    .description(
      "Remove a member: sessions, API tokens and private views go too; shared views and the trail stay.",
    )
    .option("--yes", "don't ask again");
  examples(output(command, { list: false }), ["members remove t.wren@aldermoor.example --yes"]).action(
    (who: string, given: Json & { yes?: boolean }) =>
      context.withClient("members", async (client) => {
        const { id, name, email, tokens } = await find(client, who);
        if (!given.yes) {
          const { terminal } = context;
          if (!terminal.in.isTTY) throw new UsageError("Nobody is here to confirm it. Add --yes.");
          await write(
            terminal.err,
            `${harmless(name)}, with ${countOf(tokens, "tokens")} for programs, will be removed.\n`,
          );
          const typed = await prompt(
            context,
            `Type the e-mail address, ${harmless(email)}, to go on: `,
            false,
          );
          if (typed.trim() !== email) throw new UsageError("That is not it. Nothing was changed.");
        }
        const answer = await client.call("removeMember", { params: { member: id } });
        await say(context, answer, given, `${name} is removed.`);
      }),
  );
}

function secondFactor(members: Command, context: Context): void {
  const command = members
    .command("second-factor [state]")
    .description(
      "Ask a second factor of everybody who signs in with a password: on or off; without either, tell which.",
    );
  examples(output(command, { list: false }), ["members second-factor", "members second-factor on"]).action(
    (state: string | undefined, given: Json) =>
      context.withClient("members", async (client) => {
        if (state !== undefined && state !== "on" && state !== "off")
          throw new UsageError(`"${state}" is neither on nor off.`);
        const answer =
          state === undefined
            ? await client.call("getSignInRules", {})
            : await client.call("changeSignInRules", { body: { secondFactorNeeded: state === "on" } });
        const text = answer.secondFactorNeeded
          ? "Everybody who signs in with a password needs a second factor. Who has none is led to one, from the next request on."
          : "Each member may switch a second factor on; nobody has to.";
        await say(context, answer, given, text);
      }),
  );
}

async function change(
  context: Context,
  client: Client,
  who: string,
  body: Call<"changeMember">["body"],
  given: Json,
): Promise<void> {
  const { id } = await find(client, who);
  const member = await client.call("changeMember", { params: { member: id }, body });
  const names = await connectionNames(client);
  const may = `${member.role ?? "no role"}, ${limitText(member, names)}`;
  await say(context, member, given, `${member.name}: ${may}. It counts from the next request on.`);
}

/** The code alone on standard output: it can be piped on. */
async function handOver(
  { terminal }: Context,
  answer: Answer<"inviteMember">,
  { json }: Json,
): Promise<void> {
  if (json) return write(terminal.out, `${harmlessJson(answer, 2)}\n`);
  const { member, code, endsAt } = answer;
  await write(terminal.out, `${code}\n`);
  await write(
    terminal.err,
    `\nFor ${harmless(member.name)} (${harmless(member.email)}). It works once, until ${exactTime(endsAt)}: open ` +
      "/invitation of Glasshouse in a browser and enter it. It is not shown again.\n",
  );
}

async function say({ terminal }: Context, answer: unknown, { json }: Json, text: string): Promise<void> {
  await write(terminal.out, json ? `${harmlessJson(answer, 2)}\n` : `${harmless(text)}\n`);
}

/** By e-mail address, in any case, or id. */
export async function find(client: Client, who: string): Promise<MemberView> {
  const { items } = await client.call("listMembers", {});
  const found = items.find(
    ({ id, email }) => String(id) === who || email.toLowerCase() === who.trim().toLowerCase(),
  );
  if (found) return found;
  throw new UsageError(`No member is called ${shellName(who)}. See glasshouse members for e-mail addresses.`);
}

/** What there is of connections, by id. */
export async function connectionNames(client: Client): Promise<Map<number, string>> {
  const { items } = await client.call("listConnections", {});
  return new Map(items.map(({ id, name }) => [id, name]));
}

export async function idsOf(client: Client, asked: readonly string[]): Promise<number[]> {
  const names = [...(await connectionNames(client))];
  return asked.map((each) => {
    const found = names.find(
      ([id, name]) => String(id) === each || name.toLowerCase() === each.trim().toLowerCase(),
    );
    if (found) return found[0];
    throw new UsageError(`There is no connection ${shellName(each)}. See glasshouse connections.`);
  });
}

export async function* onePage<T>(items: T[], most: number | undefined) {
  yield { items: items.slice(0, most), total: items.length };
}

function limitText({ connections }: MemberView, names: Map<number, string>): string {
  if (connections === null) return "all connections";
  return connections.map((id) => names.get(id) ?? String(id)).join(", ") || "no connection";
}

function stateText({ invitation, lastSeenAt }: MemberView, now: number): string {
  if (lastSeenAt) return clock(lastSeenAt, now);
  return invitation ? `invited, until ${clock(invitation.endsAt, now)}` : "never";
}

const columns = (now: number, names: Map<number, string>): Column<MemberView>[] => [
  { name: "Name", value: (m) => m.name, min: 10 },
  { name: "E-mail", value: (m) => m.email, min: 24 },
  { name: "Role", value: (m) => m.role ?? "none yet", min: 8 },
  { name: "Last here", value: (m) => stateText(m, now), min: 20, rank: 2 },
  { name: "2nd factor", value: (m) => (m.secondFactor ? "on" : "off"), rank: 3 },
  { name: "Sessions", value: (m) => count(m.sessions), right: true, rank: 4 },
  { name: "Tokens", value: (m) => count(m.tokens), right: true, rank: 5 },
  { name: "Sees", value: (m) => limitText(m, names), min: 16, rank: 1 },
];

const csv = (names: Map<number, string>): CsvColumn<MemberView>[] => [
  { name: "id", value: (m) => m.id },
  { name: "name", value: (m) => m.name },
  { name: "email", value: (m) => m.email },
  { name: "role", value: (m) => m.role },
  { name: "connections", value: (m) => limitText(m, names) },
  { name: "second_factor", value: (m) => m.secondFactor },
  { name: "created_at", value: (m) => m.createdAt },
  { name: "last_seen_at", value: (m) => m.lastSeenAt },
  { name: "sessions", value: (m) => m.sessions },
  { name: "tokens", value: (m) => m.tokens },
  { name: "invitation_ends_at", value: (m) => m.invitation?.endsAt },
];
