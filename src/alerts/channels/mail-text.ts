/** A message as a mail: text, and HTML in the look of the weekly report. */
import { block, escaped, looks, mailHtml, paragraph, table } from "../mail-html.ts";
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
  if (message.kind === "test") {
    const text = `${TEST_TEXT}\n\n${foot(message)}\n`;
    return { text, html: page(message, [paragraph(TEST_TEXT, "padding-top:12px")]) };
  }
  return { text: plain(message), html: page(message, sections(message)) };
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
    message.more > 0 ? [`${moreText(message.more)}: ${linkOf(message, { path: morePath(message) })}`] : [];
  return `${[...parts, ...more, foot(message)].join("\n\n")}\n`;
}

function sections(message: Message): string[] {
  const groups = byConnection(message.lines).map(
    ({ name, lines }) =>
      `<h2 ${looks("margin:0;padding:18px 0 4px;font-size:17px;line-height:1.3;font-weight:600", { text: "ink" })}>${escaped(oneLine(name))}</h2>` +
      table(
        lines
          .map((line) => {
            const link = linked(linkOf(message, line), lineText(line));
            const time = paragraph(timeText(line.at, message.zone), "padding-top:2px;font-size:13px", "dim");
            return `<tr><td ${looks("padding:9px 0;border-top:1px solid;word-break:break-word", { edge: "line" })}>${link}${time}</td></tr>`;
          })
          .join(""),
      ),
  );
  if (message.more === 0) return groups;
  const all = linked(linkOf(message, { path: morePath(message) }), moreText(message.more));
  return [...groups, `<p style="margin:0;padding-top:10px">${all}</p>`];
}

const linked = (url: string, text: string) =>
  `<a href="${escaped(url)}" ${looks("text-decoration:none", { text: "link" })}>${escaped(text)}</a>`;

const foot = ({ zone, consoleUrl }: Message) =>
  `Times are those of ${zone}. Who hears of what is set in Glasshouse: ${consoleUrl}/alerts`;

function page(message: Message, content: readonly string[]): string {
  const subject = oneLine(message.subject);
  const head = `<h1 ${looks("margin:0;font-size:20px;line-height:1.3;font-weight:600", { text: "ink" })}>${escaped(subject)}</h1>`;
  return mailHtml(
    subject,
    block(head + content.join(""), "24px 28px 4px") +
      block(paragraph(foot(message), "font-size:13px", "dim"), "20px 28px 26px"),
  );
}
