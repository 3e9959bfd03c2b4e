/** Slack's incoming webhooks: Block Kit. Outside data stands in plain text alone, where no markup and no mention works. */
import {
  byConnection,
  lineText,
  linkOf,
  type Message,
  morePath,
  moreText,
  oneLine,
  TEST_TEXT,
  timeText,
} from "../message.ts";

const HEADER = 150;
const SECTION = 2_900;
/** A message takes 50 blocks. */
const REPORT_SECTIONS = 20;

interface Block {
  type: string;
  text?: { type: "plain_text"; text: string; emoji: false };
  elements?: { type: "mrkdwn"; text: string }[];
}

export function slackBody(message: Message): { text: string; blocks: Block[] } {
  return {
    text: entities(oneLine(message.subject)),
    blocks: [{ type: "header", text: plain(oneLine(message.subject, HEADER)) }, ...content(message)],
  };
}

function content(message: Message): Block[] {
  if (message.kind === "test") return [section(TEST_TEXT)];
  if (message.report) {
    const parts = message.report.text.match(/[\s\S]{1,2900}(?=\n|$)/g) ?? [];
    return [...parts.slice(0, REPORT_SECTIONS).map(section), link(message, "/")];
  }
  const several = byConnection(message.lines).length > 1;
  const lines = message.lines.flatMap((line) => [
    section(several ? `${line.connection.name}: ${lineText(line)}` : lineText(line)),
    link(message, line.path, timeText(line.at, message.zone)),
  ]);
  return message.more > 0 ? [...lines, link(message, morePath(message), moreText(message.more))] : lines;
}

const plain = (text: string) => ({ type: "plain_text" as const, text, emoji: false as const });
const section = (text: string): Block => ({ type: "section", text: plain(text.slice(0, SECTION)) });
const link = (message: Message, path: string, before = ""): Block => ({
  type: "context",
  elements: [
    {
      type: "mrkdwn",
      text: `${before === "" ? "" : `${entities(before)} · `}<${entities(linkOf(message, { path }))}|Open in Glasshouse>`,
    },
  ],
});

/** What Slack takes for markup: these three characters, as its documentation says. */
const entities = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
