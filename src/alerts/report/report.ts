/** The weekly report of a connection, as a mail has it. */
import { followDirectory } from "../../findings/follow.ts";
import { freshMatches } from "../../store/employees/employee-matches.ts";
import type { MakeReport, WeeklyReport } from "../types.ts";
import { report } from "./report-content.ts";
import { weekFacts } from "./report-facts.ts";
import { reportHtml } from "./report-html.ts";
import type { Report } from "./report-kit.ts";
import { reportText } from "./report-text.ts";

export const weeklyReport = (async (store, connection, now, { consoleUrl }) => {
  await freshMatches(store, connection.id);
  await followDirectory(store, connection, now);
  const facts = await weekFacts(store.read, connection, now);
  const content = report(facts);
  return {
    ...content,
    text: reportText(content, consoleUrl),
    html: reportHtml(content, consoleUrl),
    stamp: facts.overview.stamp,
  } satisfies WeeklyReport & Report;
}) satisfies MakeReport;
