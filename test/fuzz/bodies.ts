/** Bodies that an endpoint mostly takes, made from its own schema: else nearly all would be refused at the door, and no handler tried. */
import fc from "fast-check";
import { z } from "zod";

interface Schema {
  $ref?: string;
  $defs?: Record<string, Schema>;
  type?: string;
  format?: string;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
}

const TEXTS: Record<string, string[]> = {
  email: ["ito@aldermoor.example"],
  date: ["2026-11-23", "2026-02-28"],
  "date-time": ["2026-11-23T09:14:00Z"],
  uri: ["https://harvest.greenhouse.io", "https://hooks.example.com/services/T0001"],
  base64: [Buffer.from("Email,Termination Date\nann@a.example,2026-11-12\n").toString("base64"), "AAAA"],
};
const WORDS = [
  "1",
  "users",
  "Aldermoor",
  "correct horse battery staple",
  "2026-11-23",
  "users?level=site_admin",
];
const NUMBERS = [0, 1, 2, 28, 60, 400, -1, 1.5, 1e9, 2 ** 53, 1e300];

/** @param odd what nobody should send: now and then it stands in the place of anything */
export function bodiesOf(schema: z.ZodType, odd: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  const root = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Schema;
  const made = (part: Schema): fc.Arbitrary<unknown> =>
    fc.oneof({ weight: 12, arbitrary: fit(part) }, { weight: 1, arbitrary: odd });
  const fit = (part: Schema): fc.Arbitrary<unknown> => {
    if (part.$ref) return fit(root.$defs?.[part.$ref.split("/").at(-1)!] ?? {});
    if (part.enum) return fc.constantFrom(...part.enum);
    if ("const" in part) return fc.constant(part.const);
    const several = part.anyOf ?? part.oneOf;
    if (several) return fc.oneof(...several.map(fit));
    switch (part.type) {
      case "string":
        return fc.constantFrom(...(TEXTS[part.format ?? ""] ?? WORDS));
      case "number":
      case "integer":
        return fc.constantFrom(...NUMBERS);
      case "boolean":
        return fc.boolean();
      case "null":
        return fc.constant(null);
      case "array":
        return fc.array(made(part.items ?? {}), { maxLength: 3 });
      case "object":
        return objectOf(part);
      default:
        return odd;
    }
  };
  const objectOf = ({ properties, additionalProperties, required = [] }: Schema): fc.Arbitrary<unknown> => {
    if (!properties) {
      const value = typeof additionalProperties === "object" ? made(additionalProperties) : odd;
      return fc.dictionary(fc.constantFrom(...WORDS), value, { maxKeys: 3 });
    }
    const fields = Object.entries(properties).map(([name, part]) => [name, made(part)] as const);
    return fc.record(Object.fromEntries(fields), { requiredKeys: required });
  };
  return fit(root);
}
