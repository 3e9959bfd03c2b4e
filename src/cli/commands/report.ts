/** report: the weekly report, as a mail has it. */
import { type Command, Option } from "commander";
import { type Context, examples, output } from "../context.ts";
import { write } from "../terminal.ts";
import { harmlessJson } from "../text.ts";

export function reportCommand(root: Command, context: Context): void {
  const command = root
    .command("report <connection>")
    .description(
      "The weekly report as of now, as its mail has it: who uses Greenhouse, who has left, what changed.",
    )
    .addOption(new Option("--html", "print the mail's HTML in place of its text").conflicts("json"));
  examples(output(command, { list: false }), [
    "report Aldermoor",
    "report Aldermoor --html > report.html",
  ]).action((c: string, given: { json?: boolean; html?: boolean }) =>
    context.withClient("report", async (client) => {
      const report = await client.call("weeklyReport", { params: { c } });
      const { out } = context.terminal;
      if (given.json) return write(out, `${harmlessJson(report, 2)}\n`);
      await write(out, given.html ? report.html : report.text);
    }),
  );
}
