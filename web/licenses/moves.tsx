/** Who would move if the rules were these, and how many of each type there are before and after. */
import type { Answer } from "../api/client.ts";
import { number } from "../format/number.ts";
import { TEXT } from "../text/console.ts";
import { licenseWords as words } from "../text/licenses.ts";
import { ruleText } from "./table.tsx";

interface Props {
  answer: Answer<"previewLicenseRules"> | undefined;
  isOld: boolean;
  error: Error | null;
}

export function Moves({ answer, isOld, error }: Props) {
  if (error) {
    return (
      <p role="alert" className="text-cant">
        {error.message}
      </p>
    );
  }
  if (!answer) return <p className="text-dim">{TEXT.loading}</p>;
  const { moves, before, after } = answer;
  if (moves.length === 0) return <p className="text-dim">{words.nobodyMoves}</p>;
  const types = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return (
    <div className={isOld ? "opacity-55" : ""}>
      <ul className="list-disc pl-5">
        {moves.map((move) => (
          <li key={`${move.level} ${move.status}`}>
            {words.move(
              words.people(number(move.people), move.people === 1),
              ruleText(move),
              move.from ?? words.noLicense,
              move.to ?? words.noLicense,
            )}
          </li>
        ))}
      </ul>
      <p className="mt-2 text-dim">
        {types
          .map((type) => words.beforeAfter(type, number(before[type] ?? 0), number(after[type] ?? 0)))
          .join(" · ")}
      </p>
    </div>
  );
}
