/**
 * <Menu trigger={<IconButton label="More"><Ellipsis /></IconButton>}>
 *   <MenuItem onSelect={rename}>Rename</MenuItem> <MenuLine /> <MenuCheck checked={on} onChange={set}>Exact times</MenuCheck>
 * </Menu>. `asChild` on MenuItem makes it a link.
 */
import { Check } from "lucide-react";
import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

const ITEM =
  "flex min-h-8 cursor-pointer items-center gap-2 rounded px-2 py-1 outline-none select-none " +
  "data-[highlighted]:bg-sunken data-[disabled]:opacity-55 [&_svg]:size-4 [&_svg]:shrink-0";

export function Menu({
  trigger,
  children,
  align = "end",
}: {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "end";
}) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={6}
          collisionPadding={8}
          className="z-50 max-h-[70dvh] min-w-44 overflow-y-auto rounded-lg border bg-surface p-1 shadow-pop"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem({
  children,
  danger = false,
  ...rest
}: {
  children: ReactNode;
  onSelect?: (event: Event) => void;
  disabled?: boolean;
  danger?: boolean;
  asChild?: boolean;
}) {
  return (
    <Radix.Item className={cx(ITEM, danger && "text-cant")} {...rest}>
      {children}
    </Radix.Item>
  );
}

/** Stays open: several may be ticked one after the other. */
export function MenuCheck({
  checked,
  onChange,
  disabled,
  children,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
  children: ReactNode;
}) {
  return (
    <Radix.CheckboxItem
      className={ITEM}
      checked={checked}
      disabled={disabled}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
    >
      <Check aria-hidden className={checked ? "text-link" : "invisible"} />
      {children}
    </Radix.CheckboxItem>
  );
}

/** One of several: <MenuChoice value={theme} onChange={set} options={[["light", "Light"], …]} />. */
export function MenuChoice<T extends string>({
  value,
  onChange,
  options,
}: {
  value: T;
  onChange: (value: T) => void;
  options: readonly (readonly [T, string])[];
}) {
  return (
    <Radix.RadioGroup value={value} onValueChange={(next) => onChange(next as T)}>
      {options.map(([each, label]) => (
        <Radix.RadioItem key={each} value={each} className={ITEM}>
          <Check aria-hidden className={each === value ? "text-link" : "invisible"} />
          {label}
        </Radix.RadioItem>
      ))}
    </Radix.RadioGroup>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 pt-2 pb-1 text-xs font-semibold text-dim">{children}</Radix.Label>;
}

export function MenuLine() {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}
