import { Field, Input } from "../components/ui/field.tsx";

/** The password that one has. */
export function CurrentPassword({
  label,
  error,
  value,
  onChange,
}: {
  label: string;
  error: string | false;
  value: string;
  onChange: (password: string) => void;
}) {
  return (
    <Field label={label} error={error}>
      {(ids) => (
        <Input
          {...ids}
          type="password"
          autoComplete="current-password"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
