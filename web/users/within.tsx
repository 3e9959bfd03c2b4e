/** A link to another page about the same connection. */
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { type Search, useView } from "../search.ts";

interface WithinProps {
  to: string;
  params?: Record<string, string>;
  search?: Search;
  className?: string;
  label?: string;
  /** In a window of its own: what is open here stays. */
  apart?: boolean;
  children: ReactNode;
}

export function Within({ to, params = {}, search, className = "link", label, apart, children }: WithinProps) {
  const [view] = useView();
  return (
    <Link
      to={to}
      params={params}
      search={{ ...(view.c ? { c: view.c } : {}), ...search }}
      className={className}
      aria-label={label}
      target={apart ? "_blank" : undefined}
    >
      {children}
    </Link>
  );
}
