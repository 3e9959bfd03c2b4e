/** Whose data is being deleted now: it goes on without this page, and is told until its end. */
import { useQuery } from "@tanstack/react-query";
import { LoaderCircle } from "lucide-react";
import { useEffect, useRef } from "react";
import { asked } from "../api/query.ts";
import { say } from "../components/ui/toast.tsx";
import { integrations as words } from "../text/integrations.ts";

const LOOK_MS = 3_000;

export function Deletions() {
  const { data } = useQuery({
    ...asked("listDeletions", {}),
    refetchInterval: ({ state }) => (state.data?.items.length ? LOOK_MS : false),
  });
  const before = useRef(data?.items ?? []);
  useEffect(() => {
    if (!data) return;
    for (const { id, name } of before.current)
      if (!data.items.some((each) => each.id === id)) say(words.deleted(name));
    before.current = data.items;
  }, [data]);
  if (!data || data.items.length === 0) return null;
  return (
    <div role="status" className="grid gap-2">
      {data.items.map(({ id, name }) => (
        <p key={id} className="card flex items-start gap-2 px-4 py-2.5">
          <LoaderCircle aria-hidden className="mt-0.5 size-4 shrink-0 text-link motion-safe:animate-spin" />
          <span className="min-w-0 break-words">{words.deleting(name)}</span>
        </p>
      ))}
    </div>
  );
}
