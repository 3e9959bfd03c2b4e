/** Who is signed in. Every page but sign-in and setup is for members. */
import { useSuspenseQuery } from "@tanstack/react-query";
import { redirect } from "@tanstack/react-router";
import type { Answer } from "./client.ts";
import { asked, queries } from "./query.ts";

export type Session = Answer<"getSession">;
export type Member = NonNullable<Session["member"]>;

const session = asked("getSession", {});

/** Before a page of members: whoever is none is led to where they become one, and back afterwards. */
export async function forMembers({ location }: { location: { href: string } }): Promise<void> {
  const { state } = await queries.ensureQueryData(session);
  if (state === "unclaimed") throw redirect({ to: "/setup" });
  if (state === "signed_out") throw redirect({ to: "/sign-in", search: { back: location.href } });
  if (state === "second_factor_missing") {
    throw redirect({ to: "/second-factor", search: { back: location.href } });
  }
}

/** Whoever looks at a page of members. */
export function useMember(): Member {
  return useSuspenseQuery(session).data.member!;
}

/** ms without a request after which the session has ended; null: nobody is signed in here. */
export function endsAfterIdle(): number | null {
  const now = queries.getQueryData(session.queryKey);
  return now?.member ? now.idleMinutes * 60_000 : null;
}

/** After a sign-in: what anybody else was shown is forgotten. */
export function sessionBegan(now: Session): void {
  queries.clear();
  queries.setQueryData(session.queryKey, now);
}

/** Where to after signing in: only to a page of ours, by what a browser makes of the address. */
export function wayBack(back: string | undefined): string {
  const here = window.location.origin;
  if (!back?.startsWith("/") || !URL.canParse(back, here)) return "/";
  const { origin, pathname, search, hash } = new URL(back, here);
  return origin === here ? pathname + search + hash : "/";
}
