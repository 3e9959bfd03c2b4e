/**
 * HTML as mail programs need it: tables for layout, styles in the tags, a block of styles for dark alone, nothing that is
 * loaded from anywhere. Everything that is said is escaped here.
 */
import { harmless } from "../model/harmless.ts";

const ESCAPED: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Foreign text as HTML that shows it. */
export const escaped = (text: string): string => harmless(text).replace(/[&<>"']/g, (sign) => ESCAPED[sign]!);

/** What has a color, with its light one and its dark one: the console's (web/styles.css). */
const COLORS = {
  canvas: ["#f7f7f5", "#121417"],
  surface: ["#ffffff", "#1a1d21"],
  ink: ["#1b1d21", "#eceef0"],
  dim: ["#565b64", "#a9afb8"],
  line: ["#e4e4df", "#2e3339"],
  link: ["#1a5bb8", "#82b4ff"],
  look: ["#855200", "#eab54d"],
  idle: ["#585d66", "#adb3bc"],
  "look-soft": ["#fdf2d9", "#352a12"],
  "kind-1": ["#35498f", "#a5b8f5"],
  "kind-2": ["#6c80c8", "#7389d6"],
  "kind-3": ["#9db0e2", "#4f63a8"],
  unknown: ["#d6d6d0", "#4a5058"],
} as const;
export type Color = keyof typeof COLORS;

const FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

interface Painted {
  text?: Color;
  ground?: Color;
  edge?: Color;
}

/** The attributes `class` and `style`: light by its style, dark by its classes. */
export function looks(style: string, { text, ground, edge }: Painted = {}): string {
  const classes = [text && `t-${text}`, ground && `g-${ground}`, edge && `e-${edge}`].filter(Boolean);
  const colors = [
    text && `color:${COLORS[text][0]}`,
    ground && `background-color:${COLORS[ground][0]}`,
    edge && `border-color:${COLORS[edge][0]}`,
  ].filter(Boolean);
  const named = classes.length > 0 ? `class="${classes.join(" ")}" ` : "";
  return `${named}style="${[style, ...colors].filter(Boolean).join(";")}"`;
}

const DARK = (Object.entries(COLORS) as [Color, readonly [string, string]][])
  .map(
    ([name, [, dark]]) =>
      `.t-${name}{color:${dark}!important}.g-${name}{background-color:${dark}!important}.e-${name}{border-color:${dark}!important}`,
  )
  .join("");

const STYLES = `:root{color-scheme:light dark;supported-color-schemes:light dark}@media (prefers-color-scheme:dark){${DARK}}@media (max-width:480px){.pad{padding-left:16px!important;padding-right:16px!important}}`;

const TABLE = 'role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"';
const WIDTH = 640;

/** A whole mail. @param body rows of a table, each `<tr>…</tr>` */
export function mailHtml(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(title)}</title>
<style>${STYLES}</style>
</head>
<body ${looks("margin:0;padding:0", { ground: "canvas" })}>
<div role="main">
<table ${TABLE} ${looks("", { ground: "canvas" })}><tr><td align="center" style="padding:24px 8px">
<!--[if mso]><table role="presentation" width="${WIDTH}"><tr><td><![endif]-->
<table ${TABLE} ${looks(`max-width:${WIDTH}px;border-radius:10px;text-align:left;${FONT};font-size:15px;line-height:1.45`, { text: "ink", ground: "surface" })}>
${body}
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr></table>
</div>
</body>
</html>
`;
}

/** A row of a mail's table, as wide as the mail. */
export function block(content: string, padding: string, painted: Painted = {}): string {
  return `<tr><td class="${["pad", painted.ground && `g-${painted.ground}`].filter(Boolean).join(" ")}" ${styleOf(`padding:${padding}`, painted)}>${content}</td></tr>`;
}

const styleOf = (style: string, { ground }: Painted) =>
  `style="${style}${ground ? `;background-color:${COLORS[ground][0]}` : ""}"`;

/** A table within a block. @param rows each `<tr>…</tr>` */
export const table = (rows: string, style = ""): string => `<table ${TABLE} style="${style}">${rows}</table>`;

export function paragraph(text: string, style: string, color: Color = "ink"): string {
  return `<p ${looks(`margin:0;${style}`, { text: color })}>${escaped(text)}</p>`;
}
