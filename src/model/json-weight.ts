/** What JSON text will weigh once it is parsed, told from its brackets and commas: nothing is built for it. */

export interface Weight {
  depth: number;
  /** As many values as there can be at most. */
  values: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export function weightOf(text: string): Weight {
  let [level, depth, values] = [0, 0, 1];
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === QUOTE) i = endOfString(text, i);
    else if (c === 0x5b || c === 0x7b) {
      values++;
      if (++level > depth) depth = level;
    } else if (c === 0x5d || c === 0x7d) level--;
    else if (c === 0x2c) values++;
  }
  return { depth, values };
}

/** Where the closing quote stands; a string that never ends ends with the text. */
function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end;
  }
}
