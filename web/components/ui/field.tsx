/**
 * Labelled controls. <Field label="Name" hint="…" error={…}>{(id) => <Input {...id} value=… onChange=… />}</Field>;
 * <Select {...id} options={[["read", "Read"]]} />; <Switch label="Usage" checked onChange />; <Checkbox …/>;
 * <Choice name="access" value onChange options={[{ value, label, text }]} /> for radio cards.
 */
import { Check } from "lucide-react";
import { Checkbox as RadixCheckbox, Switch as RadixSwitch } from "radix-ui";
import { type ComponentProps, type ReactNode, useId } from "react";
import { cx } from "./cx.ts";

export interface FieldIds {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  children: (ids: FieldIds) => ReactNode;
}) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
  return (
    <div className="grid gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({ id, "aria-describedby": described, "aria-invalid": error ? true : undefined })}
      {hint && (
        <div id={`${id}-hint`} className="text-sm text-dim">
          {hint}
        </div>
      )}
      {error && (
        <div id={`${id}-error`} role="alert" className="text-sm text-cant">
          {error}
        </div>
      )}
    </div>
  );
}

const CONTROL =
  "h-8 w-full rounded-md border border-edge bg-surface px-2.5 text-ink placeholder:text-dim " +
  "aria-invalid:border-cant disabled:opacity-55";

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input className={cx(CONTROL, className)} autoComplete="off" {...rest} />;
}

export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return <textarea className={cx(CONTROL, "h-auto py-1.5", className)} autoComplete="off" {...rest} />;
}

/** The system's own list: best on a phone and with a screen reader. */
export function Select({
  options,
  className,
  ...rest
}: ComponentProps<"select"> & { options: readonly (readonly [value: string, label: string])[] }) {
  return (
    <select className={cx(CONTROL, "pr-1", className)} {...rest}>
      {options.map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}

interface Toggle {
  label: ReactNode;
  hint?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

export function Switch({ label, hint, checked, onChange, disabled }: Toggle) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <RadixSwitch.Root
        id={id}
        checked={checked}
        disabled={disabled}
        onCheckedChange={onChange}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="relative mt-0.5 h-5 w-9 shrink-0 rounded-full border border-edge bg-sunken transition-colors disabled:opacity-55 data-[state=checked]:border-link data-[state=checked]:bg-link"
      >
        <RadixSwitch.Thumb className="block size-3.5 translate-x-0.5 rounded-full bg-edge transition-transform data-[state=checked]:translate-x-[1.125rem] data-[state=checked]:bg-on-link" />
      </RadixSwitch.Root>
      <ToggleText id={id} label={label} hint={hint} />
    </div>
  );
}

export function Checkbox({ label, hint, checked, onChange, disabled }: Toggle) {
  const id = useId();
  return (
    <div className="flex items-start gap-2.5">
      <RadixCheckbox.Root
        id={id}
        checked={checked}
        disabled={disabled}
        onCheckedChange={(next) => onChange(next === true)}
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="mt-0.5 grid size-4 shrink-0 place-items-center rounded border border-edge bg-surface disabled:opacity-55 data-[state=checked]:border-link data-[state=checked]:bg-link"
      >
        <RadixCheckbox.Indicator>
          <Check aria-hidden className="size-3 text-on-link" strokeWidth={3} />
        </RadixCheckbox.Indicator>
      </RadixCheckbox.Root>
      <ToggleText id={id} label={label} hint={hint} />
    </div>
  );
}

function ToggleText({ id, label, hint }: { id: string; label: ReactNode; hint: ReactNode }) {
  return (
    <div className="min-w-0">
      <label htmlFor={id}>{label}</label>
      {hint && (
        <div id={`${id}-hint`} className="text-sm text-dim">
          {hint}
        </div>
      )}
    </div>
  );
}

export function Choice<T extends string>({
  legend,
  name,
  value,
  onChange,
  options,
}: {
  legend: ReactNode;
  name: string;
  value: T | null;
  onChange: (value: T) => void;
  options: readonly { value: T; label: ReactNode; text?: ReactNode; disabled?: boolean }[];
}) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1.5 font-medium">{legend}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          className="flex gap-2.5 rounded-md border border-line p-2.5 has-checked:border-link has-checked:bg-link-soft has-disabled:opacity-55 has-[:focus-visible]:outline-2 has-[:focus-visible]:outline-link"
        >
          <input
            type="radio"
            name={name}
            className="mt-0.5 size-4 shrink-0 accent-link outline-none"
            checked={value === option.value}
            disabled={option.disabled}
            onChange={() => onChange(option.value)}
          />
          <span className="min-w-0">
            {option.label}
            {option.text && <span className="block text-sm text-dim">{option.text}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
