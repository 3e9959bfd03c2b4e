/**
 * <Button>Test again</Button>. `look`: solid (at most one a page), plain (default), quiet, danger. `asChild` lends
 * the look to a link: <Button asChild><Link to="…">Open</Link></Button>. `busy` says so and holds clicks back.
 * <IconButton label="Close"><X /></IconButton> for an icon alone.
 */
import { LoaderCircle } from "lucide-react";
import { Slot } from "radix-ui";
import type { ComponentProps } from "react";
import { cx } from "./cx.ts";

const LOOKS = {
  solid: "border-transparent bg-link text-on-link hover:opacity-90 font-medium",
  plain: "border-edge/60 bg-surface text-ink hover:bg-sunken",
  quiet: "border-transparent bg-transparent text-ink hover:bg-sunken",
  danger: "border-transparent bg-cant text-on-cant hover:opacity-90 font-medium",
} as const;

interface Looks {
  look?: keyof typeof LOOKS;
  small?: boolean;
}

const BASE =
  "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border whitespace-nowrap transition-colors " +
  "disabled:opacity-55 disabled:cursor-not-allowed [&_svg]:size-4 [&_svg]:shrink-0";

export function Button({
  look = "plain",
  small = false,
  busy = false,
  asChild = false,
  className,
  children,
  ...rest
}: ComponentProps<"button"> & Looks & { busy?: boolean; asChild?: boolean }) {
  const classes = cx(BASE, small ? "h-7 px-2 text-sm" : "h-8 px-3 text-base", LOOKS[look], className);
  if (asChild) {
    return (
      <Slot.Root className={classes} {...rest}>
        {children}
      </Slot.Root>
    );
  }
  return (
    <button
      type="button"
      className={classes}
      aria-busy={busy || undefined}
      {...rest}
      disabled={busy || rest.disabled}
    >
      {busy && <LoaderCircle aria-hidden className="animate-spin" />}
      {children}
    </button>
  );
}

export function IconButton({
  label,
  look = "quiet",
  small = false,
  className,
  ...rest
}: ComponentProps<"button"> & Looks & { label: string }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      className={cx(BASE, small ? "size-7" : "size-8", LOOKS[look], className)}
      {...rest}
    />
  );
}
