/** A message as a mail: text and HTML. Outside data is escaped; nothing is fetched from anywhere. */
import { harmless } from "../../model/harmless.ts";
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

export interface MailText {
  text: string;
  html: string;
}

export function mailText(message: Message): MailText {
  if (message.report) return { text: message.report.text, html: message.report.html };
  if (message.kind === "test")
    return {
      text: `${TEST_TEXT}\n\n${message.consoleUrl}\n`,
      html: page(message, `<p>${escaped(TEST_TEXT)}</p>`),
    };
  return { text: plain(message), html: page(message, body(message)) };
}

function plain(message: Message): string {
  const parts = byConnection(message.lines).map(({ name, lines }) =>
    [
      oneLine(name),
      ...lines.map(
        (line) => `- ${lineText(line)}\n  ${timeText(line.at, message.zone)} · ${linkOf(message, line)}`,
      ),
    ].join("\n\n"),
  );
  const more =
    message.more > 0 ? `${moreText(message.more)}: ${linkOf(message, { path: morePath(message) })}` : null;
  return `${[...parts, ...(more ? [more] : []), foot(message)].join("\n\n")}\n`;
}

function body(message: Message): string {
  const groups = byConnection(message.lines).map(({ name, lines }) => {
    const items = lines.map(
      (line) =>
        `<li style="margin:0 0 12px"><a href="${escaped(linkOf(message, line))}">${escaped(lineText(line))}</a><br>` +
        `<span class="dim">${escaped(timeText(line.at, message.zone))}</span></li>`,
    );
    return `<h2 style="font-size:16px;margin:24px 0 8px">${escaped(name)}</h2><ul style="padding-left:18px;margin:0">${items.join("")}</ul>`;
  });
  const more =
    message.more > 0
      ? `<p><a href="${escaped(linkOf(message, { path: morePath(message) }))}">${escaped(moreText(message.more))}</a></p>`
      : "";
  return groups.join("") + more;
}

const foot = ({ zone, consoleUrl }: Message) =>
  `Times are those of ${zone}. Who hears of what is set in Glasshouse: ${consoleUrl}/alerts`;

/** Dark where the reader's program is. Without a style sheet it is black on white. */
function page(message: Message, content: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">
<title>${escaped(message.subject)}</title>
<style>
body{margin:0;padding:24px;font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;color:#1d2733;background:#ffffff}
a{color:#0b57d0} .dim{color:#5b6674;font-size:13px}
@media (prefers-color-scheme:dark){body{color:#e6eaf0;background:#12161c} a{color:#8ab4f8} .dim{color:#9aa5b4}}
</style></head>
<body><div style="max-width:640px;margin:0 auto"><h1 style="font-size:20px;margin:0 0 8px">${escaped(message.subject)}</h1>
${content}
<p class="dim" style="margin-top:28px">${escaped(foot(message))}</p></div></body></html>
`;
}

const CODES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text: string): string => harmless(text).replace(/[&<>"']/g, (sign) => CODES[sign]!);
