/** A sentence with Greenhouse's own labels between asterisks, and things to copy between backticks. */
export function Marked({ text }: { text: string }) {
  const parts = text.split(/(\*[^*]+\*|`[^`]+`)/);
  return parts.map((part, i) => {
    // The parts of one sentence never change places.
    const key = `${i} ${part}`;
    if (part.startsWith("*"))
      return (
        <b key={key} className="font-semibold text-ink">
          {part.slice(1, -1)}
        </b>
      );
    if (part.startsWith("`"))
      return (
        <code key={key} className="rounded bg-sunken px-1 font-mono text-xs">
          {part.slice(1, -1)}
        </code>
      );
    return part;
  });
}
