/** What is being imported, until it is: the body of the call. */
import type { Answer, Call } from "../../api/client.ts";

export type Preview = Answer<"previewImport">;
export type Body = Call<"previewImport">["body"];
export type CsvBody = Extract<Body, { kind: "csv" }>;

export const MOST_BYTES = 16_000_000;

/** The bytes of a file in base64, as the API takes them. */
export function base64Of(file: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onerror = () => failed(reader.error);
    // data:text/csv;base64,…
    reader.onload = () => done(String(reader.result).split(",", 2)[1] ?? "");
    reader.readAsDataURL(file);
  });
}

/** The columns with one said otherwise: a field stands in one column, but for further addresses. */
export function columnsWith(
  { columns }: Preview,
  at: number,
  field: NonNullable<CsvBody["columns"]>[number],
): NonNullable<CsvBody["columns"]> {
  return columns.map((column, i) => {
    if (i === at) return field;
    return column.field === field && field !== "other_email" ? null : column.field;
  });
}
