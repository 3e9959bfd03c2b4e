/** tokens: API tokens for programs, in the name of a member. */
import { type Command, InvalidArgumentError, Option } from "commander";
import type { TokenView } from "../../api/contract/tokens.ts";
import type { CsvColumn } from "../../model/csv.ts";
import { MEMBER_ROLES } from "../../model/member.ts";
import { type Context, examples, type ListOptions, output, UsageError } from "../context.ts";
import { printList } from "../list.ts";
import type { Column } from "../table.ts";
import { write } from "../terminal.ts";
import { clock, harmless, harmlessJson } from "../text.ts";
import { onePage } from "./members.ts";

interface CreateOptions {
  role: (typeof MEMBER_ROLES)[number];
  days?: number | "never";
  member?: string;
  json?: boolean;
}

export function tokenCommands(root: Command, context: Context): void {
  const tokens = root.command("tokens").description("API tokens: whose, what they may, when they end.");
  examples(output(tokens, { list: true }), [
    "tokens",
    "tokens create reports --member m.ito@aldermoor.example",
    "tokens revoke 3",
  ]).action((given: ListOptions) =>
    context.withClient("tokens", async (client) => {
      const { items } = await client.call("listTokens", {});
      await printList(
        context,
        {
          pages: onePage(items, given.limit),
          columns: columns(context.terminal.now()),
          csv: TOKEN_CSV,
          what: "API tokens",
          source: "records",
          times: true,
          scope: "",
          empty: "No API token yet.",
        },
        given,
      );
    }),
  );

  const create = tokens
    .command("create <name>")
    .description("Make an API token. What opens it is printed this once; piped, it is all that is.")
    .addOption(
      new Option("--role <role>", "what it may do, never above its member's")
        .choices(MEMBER_ROLES)
        .default("viewer"),
    )
    .option("--days <n>", "days that it is good, 90 without it; never: until it is revoked", daysOf)
    .option("--member <email>", "whose it is; needed on the server's machine");
  examples(output(create, { list: false }), [
    "tokens create reports --member m.ito@aldermoor.example",
    "tokens create ci --member m.ito@aldermoor.example --role operator --days 30 > token.txt",
  ]).action((name: string, given: CreateOptions) =>
    context.withClient("tokens", async (client) => {
      const { terminal } = context;
      const { role, member } = given;
      const days = given.days === "never" ? null : given.days;
      const body = {
        name,
        role,
        ...(days === undefined ? {} : { days }),
        ...(member === undefined ? {} : { member }),
      };
      const answer = await client.call("createToken", { body });
      if (given.json) return write(terminal.out, `${harmlessJson(answer, 2)}\n`);
      const { token, secret, warning } = answer;
      await write(terminal.out, `${secret}\n`);
      const end = token.endsAt === null ? "" : `, until ${clock(token.endsAt, terminal.now())} UTC`;
      const remark = `\n${harmless(token.name)}: ${token.may} in the name of ${harmless(token.member.name)}${end}. It is not shown again.`;
      await write(terminal.err, `${remark}\n${warning === null ? "" : `${warning}\n`}`);
    }),
  );

  const revoke = tokens
    .command("revoke <id>")
    .description("Revoke an API token, by the id that `tokens` shows. It counts at once.");
  examples(output(revoke, { list: false }), ["tokens revoke 3"]).action(
    (id: string, given: { json?: boolean }) =>
      context.withClient("tokens", async (client) => {
        if (!/^[1-9]\d{0,9}$/.test(id)) throw new UsageError("Give the id: glasshouse tokens shows it.");
        const answer = await client.call("revokeToken", { params: { token: Number(id) } });
        const text = given.json ? harmlessJson(answer, 2) : "Revoked. It opens nothing any more.";
        await write(context.terminal.out, `${text}\n`);
      }),
  );
}

function daysOf(text: string): number | "never" {
  if (text === "never") return text;
  const n = Number(text);
  if (Number.isInteger(n) && n >= 1 && n <= 3650) return n;
  throw new InvalidArgumentError("Give a number of days up to 3650, or never.");
}

const endText = ({ endsAt, expired }: TokenView, now: number) =>
  endsAt === null ? "never" : `${expired ? "expired " : ""}${clock(endsAt, now)}`;

const columns = (now: number): Column<TokenView>[] => [
  { name: "ID", value: (t) => String(t.id), right: true },
  { name: "Name", value: (t) => t.name, min: 8 },
  { name: "Role", value: (t) => (t.may === t.role ? t.role : `${t.role}, now ${t.may ?? "none"}`), min: 8 },
  { name: "Made by", value: (t) => t.member.email, min: 12 },
  { name: "Expires", value: (t) => endText(t, now), min: 10 },
  {
    name: "Last used",
    value: (t) => (t.lastUsedAt === null ? "never" : clock(t.lastUsedAt, now)),
    min: 10,
    rank: 1,
  },
  { name: "Made", value: (t) => clock(t.createdAt, now), min: 10, rank: 2 },
];

const TOKEN_CSV: CsvColumn<TokenView>[] = [
  { name: "id", value: (t) => t.id },
  { name: "name", value: (t) => t.name },
  { name: "role", value: (t) => t.role },
  { name: "may", value: (t) => t.may },
  { name: "member", value: (t) => t.member.name },
  { name: "email", value: (t) => t.member.email },
  { name: "created_at", value: (t) => t.createdAt },
  { name: "ends_at", value: (t) => t.endsAt },
  { name: "last_used_at", value: (t) => t.lastUsedAt },
];
