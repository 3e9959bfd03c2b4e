import type { Ids } from "./ids.ts";
import type { CustomField, CustomOption } from "./types.ts";

/** Options of the custom fields of offers and rejections, as `key=value`. */
export const recruitingOptions = ["band=A", "band=B", "reapply=Later", "reapply=Other role"] as const;

const fields: readonly (readonly [fieldType: string, key: string, name: string, valueType: string])[] = [
  ["user_attribute", "cost_center", "Cost Center", "single_select"],
  ["job", "employment_type", "Employment Type", "single_select"],
  ["offer", "band", "Band", "single_select"],
  ["offer", "salary", "Salary", "short_text"],
  ["rejection_question", "reapply", "Reapply", "single_select"],
  ["rejection_question", "feedback", "Feedback", "long_text"],
];

/** The custom fields whose values the organization's records carry, and the options those values are. */
export function makeCustomFields(
  ids: Ids,
  optionIds: ReadonlyMap<string, number>,
): { customFields: CustomField[]; customOptions: CustomOption[] } {
  const stamp = (i: number): { createdAt: number; updatedAt: number } => {
    const createdAt = Date.parse("2019-03-01T00:00:00Z") + i * 86_400_000;
    return { createdAt, updatedAt: createdAt + (i % 2) * 40 * 86_400_000 };
  };
  const customFields = fields.map(([fieldType, key, name, valueType], i) => ({
    id: ids.of("field", i),
    ...stamp(i),
    fieldType,
    key,
    name,
    valueType,
  }));
  const customOptions = [...optionIds].flatMap(([text, id], i) => {
    const mark = text.indexOf("=");
    const field = customFields.find(({ key }) => key === text.slice(0, mark));
    return field ? [{ id, ...stamp(i), fieldId: field.id, key: field.key, name: text.slice(mark + 1) }] : [];
  });
  return { customFields, customOptions };
}
