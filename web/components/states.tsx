/**
 * Waiting and failing. <Loading rows={5} /> only when there is nothing yet; <Failed error={error} retry={refetch} what="the users" />
 * says what failed, why, what to click; <Partial> for a part that failed beside others that did not;
 * <Empty title="No user fits.">…</Empty>; <Skeleton className="h-4 w-32" />.
 */
import { CircleX, RotateCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { ApiFailure } from "../api/client.ts";
import { TEXT } from "../text/console.ts";
import { Button } from "./ui/button.tsx";
import { cx } from "./ui/cx.ts";

export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={cx("block animate-shimmer rounded bg-sunken", className)} />;
}

const WIDTHS = ["w-11/12", "w-9/12", "w-10/12", "w-7/12", "w-8/12"];

export function Loading({ rows = 4 }: { rows?: number }) {
  return (
    <div role="status" aria-label={TEXT.loading} className="grid gap-3 p-4">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <Skeleton key={row} className={cx("h-4", WIDTHS[row % WIDTHS.length])} />
      ))}
    </div>
  );
}

/** `what` failed: "the users", "these changes". */
export function Failed({ error, retry, what }: { error: unknown; retry?: () => void; what?: string }) {
  const failure = error instanceof ApiFailure ? error : null;
  const message = failure?.message ?? (error instanceof Error ? error.message : String(error));
  return (
    <div role="alert" className="flex gap-3 rounded-lg border border-cant/40 bg-cant-soft p-4">
      <CircleX aria-hidden className="size-5 shrink-0 text-cant" />
      <div className="grid min-w-0 gap-1">
        {what && <p className="font-semibold">{TEXT.cantShow(what)}</p>}
        <p className="break-words">{message}</p>
        {failure?.cure && <p className="text-dim">{failure.cure}</p>}
        {retry && (
          <div className="mt-2">
            <Button small onClick={retry}>
              <RotateCw aria-hidden /> {TEXT.tryAgain}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

/** What a part that failed offers, beside what was read before. */
export function TryAgain({ retry }: { retry: () => unknown }) {
  return (
    <Button small onClick={() => void retry()}>
      {TEXT.tryAgain}
    </Button>
  );
}

/** One part is not well; the others stand. */
export function Partial({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div
      role="status"
      className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg border border-look/40 bg-look-soft px-3 py-2"
    >
      <TriangleAlert aria-hidden className="size-4 shrink-0 text-look" />
      <div className="min-w-0 flex-1">{children}</div>
      {action}
    </div>
  );
}

export function Empty({
  title,
  children,
  action,
}: {
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div className="grid justify-items-center gap-2 px-6 py-12 text-center">
      <p className="text-lg font-medium">{title}</p>
      {children && <div className="max-w-prose text-dim">{children}</div>}
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
