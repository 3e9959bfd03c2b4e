/**
 * Teams: an Adaptive Card, in the form that a flow of *Workflows* takes (its trigger "When a Teams webhook request is
 * received"). Outside data stands in text runs alone: these know no Markdown, so nobody's name becomes a link.
 */
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

/** A card takes 28 kB: so many for a report's text, so many around each of its paragraphs. */
const REPORT_BYTES = 20_000;
const BLOCK_BYTES = 80;
const LINE_LENGTH = 400;

interface Run {
  type: "TextRun";
  text: string;
  weight?: "Bolder";
  size?: "Large" | "Small";
  isSubtle?: true;
  selectAction?: { type: "Action.OpenUrl"; url: string };
}
interface Rich {
  type: "RichTextBlock";
  inlines: Run[];
}

export function teamsBody(message: Message) {
  return {
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [
            rich({ text: oneLine(message.subject, 200), weight: "Bolder", size: "Large" }),
            ...content(message),
          ],
          actions: [
            { type: "Action.OpenUrl", title: "Open Glasshouse", url: linkOf(message, { path: "/" }) },
          ],
        },
      },
    ],
  };
}

function content(message: Message): Rich[] {
  if (message.kind === "test") return [rich({ text: TEST_TEXT })];
  if (message.report) {
    return beginning(message.report.text.split(/\n{2,}/)).map((text) => rich({ text }));
  }
  const groups = byConnection(message.lines);
  const told = groups.flatMap(({ name, lines }) => [
    ...(groups.length > 1 ? [rich({ text: oneLine(name), weight: "Bolder" })] : []),
    ...lines.map((line) =>
      rich(
        { text: oneLine(lineText(line), LINE_LENGTH), selectAction: open(linkOf(message, line)) },
        { text: `  ${timeText(line.at, message.zone)}`, size: "Small", isSubtle: true },
      ),
    ),
  ]);
  const all = linkOf(message, { path: morePath(message) });
  return message.more > 0 ? [...told, rich({ text: moreText(message.more), selectAction: open(all) })] : told;
}

/** As many paragraphs as fit. */
function beginning(parts: readonly string[]): string[] {
  let left = REPORT_BYTES;
  return parts.filter((part) => {
    left -= Buffer.byteLength(part) + BLOCK_BYTES;
    return left > 0;
  });
}

const open = (url: string) => ({ type: "Action.OpenUrl" as const, url });
const rich = (...runs: Omit<Run, "type">[]): Rich => ({
  type: "RichTextBlock",
  inlines: runs.map((run) => ({ type: "TextRun", ...run })),
});
