/**
 * A number is a link to the list that it counts: <CountLink to="/users" search={{ license: "unused" }} count={57}
 * of={391} label="unused" />. `of` names the whole. Without `to` it stays a number. The connection stays in the address.
 */
import { Link } from "@tanstack/react-router";
import { number } from "../format/number.ts";
import { type Search, useView } from "../search.ts";
import { TEXT } from "../text/console.ts";

export interface CountLinkProps {
  count: number;
  of?: number;
  /** What is counted, for those who hear the page: "unused licenses". */
  label?: string;
  to?: string;
  search?: Search;
}

export function CountLink({ count, of, label, to, search }: CountLinkProps) {
  const [view] = useView();
  const whole = of !== undefined && <span className="text-dim"> {TEXT.ofWhole(number(of))}</span>;
  const text = number(count);
  if (!to) {
    return (
      <span className="whitespace-nowrap">
        {text}
        {whole}
      </span>
    );
  }
  return (
    <span className="whitespace-nowrap">
      <Link
        to={to}
        search={{ c: view.c, ...search }}
        className="link font-medium"
        aria-label={label ? `${text} ${label}` : undefined}
      >
        {text}
      </Link>
      {whole}
    </span>
  );
}
