/**
 * Who reads the page: set once by the frame, read by stamps and by what only some may see.
 * const reader = useReader(); reader.may("operator") && <Button>Sync now</Button>
 */
import { createContext, type ReactNode, useContext, useMemo } from "react";
import type { WORD } from "../text/words.ts";

export type Role = keyof typeof WORD.role;

export interface ReaderFacts {
  /** Name or e-mail address, as in "shown to m.ito". */
  name: string;
  role: Role;
  /** The installation shows sample data. */
  sample: boolean;
}

export interface Reader extends ReaderFacts {
  may: (role: Role) => boolean;
}

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };
const ReaderContext = createContext<Reader | null>(null);

export function ReaderProvider({ facts, children }: { facts: ReaderFacts; children: ReactNode }) {
  const { name, role, sample } = facts;
  const reader = useMemo(
    () => ({ name, role, sample, may: (needed: Role) => RANK[role] >= RANK[needed] }),
    [name, role, sample],
  );
  return <ReaderContext value={reader}>{children}</ReaderContext>;
}

export function useReader(): Reader {
  const reader = useContext(ReaderContext);
  if (!reader) throw new Error("useReader stands outside of the frame");
  return reader;
}
