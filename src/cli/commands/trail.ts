/** trail: our own audit trail. */
import type { Command } from "commander";
import { TRAIL_CSV, type TrailView } from "../../api/contract/trail.ts";
import { type Context, choiceOf, examples, type ListOptions, output, several } from "../context.ts";
import { printList } from "../list.ts";
import type { Column } from "../table.ts";
import { clock } from "../text.ts";
import { find } from "./members.ts";
import { scopeOf } from "./people.ts";

const BY = ["member", "token", "machine", "nobody"] as const;

export function trailCommand(root: Command, context: Context): void {
  const command = root
    .command("trail")
    .description("Our own audit trail: who did what in Glasshouse, when, from where; newest first.")
    .addOption(choiceOf("--by <words>", "only these", BY))
    .option("--member <email>", "only this member, API tokens included; the id of one who is gone")
    .option("--token <id>", "only this API token")
    .option("--action <words>", "only these, such as exportUsers, signIn", several)
    .option("--result <words>", "only these: ok, codes of errors, or refused for whatever isn't ok", several)
    .option("--connection <id>", "only about this connection, by id")
    .option("--target <text>", "only where the target holds this text")
    .option("--from <time>", "from this time on")
    .option("--to <time>", "before this time");
  examples(output(command, { list: true }), [
    "trail --limit 50",
    "trail --action signIn --result refused --from 2026-11-01",
    "trail --member m.ito@aldermoor.example --csv > trail.csv",
  ]).action((given: ListOptions & Record<string, unknown> & { member?: string }) =>
    context.withClient("trail", async (client) => {
      const { json: _json, csv: _csv, limit, member, ...rest } = given;
      const id = member === undefined || /^\d+$/.test(member) ? member : (await find(client, member)).id;
      const query = { ...rest, ...(id === undefined ? {} : { member: Number(id) }) };
      await printList(
        context,
        {
          pages: client.pages("listTrail", { query }, limit ?? null),
          columns: columns(context.terminal.now()),
          csv: TRAIL_CSV,
          what: "rows",
          source: "records",
          times: true,
          scope: scopeOf({ member, ...rest }),
          empty: "No row fits.",
        },
        given,
      );
    }),
  );
}

const columns = (now: number): Column<TrailView>[] => [
  { name: "Time", value: (row) => clock(row.at, now), min: 12 },
  { name: "Who", value: (row) => row.name, min: 14 },
  { name: "Did", value: (row) => row.action, min: 10 },
  { name: "To what", value: (row) => row.target ?? row.connection?.name ?? "", min: 10, rank: 1 },
  {
    name: "Result",
    value: (row) => row.result,
    min: 6,
    tone: (row) => (row.result === "ok" ? "none" : "attention"),
  },
  { name: "From", value: (row) => row.ip ?? "", min: 8, rank: 2 },
];
