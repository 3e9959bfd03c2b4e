/** A page that only admins have: anybody else who opens its address is told so, and whom to ask. */
import type { ReactNode } from "react";
import { TEXT } from "../text/console.ts";
import { WORD } from "../text/words.ts";
import { Page } from "./page-header.tsx";
import { useReader } from "./reader.tsx";
import { Empty } from "./states.tsx";

export function ForAdmins({ title, children }: { title: string; children: ReactNode }) {
  const reader = useReader();
  if (reader.may("admin")) return children;
  return (
    <Page title={title}>
      <Empty title={TEXT.forAdmins.title}>{TEXT.forAdmins.text(WORD.role[reader.role])}</Empty>
    </Page>
  );
}
