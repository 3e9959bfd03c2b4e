/** What a parameter or a body got wrong, in words: the schema's own, or ours where it has only the library's. */

/** One problem, as the validator tells it. */
interface Problem {
  keyword?: string;
  message?: string;
  params?: Record<string, unknown>;
}

const TYPES: Record<string, string> = {
  number: "a number",
  int: "a whole number",
  string: "text",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  date: "a time",
  null: "null",
};

const FORMATS: Record<string, string> = {
  date: "a date such as 2026-11-23",
  datetime: "a time in UTC such as 2026-11-23T09:02:00Z",
  email: "an e-mail address",
  url: "a web address",
};

/** The library's own messages begin with one of these. */
const NOT_OURS = /^(Invalid|Too (small|big)|Unrecognized|Not )/;

export function problemText({ keyword = "", message = "", params = {} }: Problem): string {
  if (!NOT_OURS.test(message)) return message;
  const { expected, minimum, maximum, origin, inclusive, values, keys, format } = params;
  const one = minimum === 1 || maximum === 1;
  const unit =
    origin === "string"
      ? one
        ? " character"
        : " characters"
      : origin === "array"
        ? one
          ? " entry"
          : " entries"
        : "";
  switch (keyword) {
    case "invalid_type":
      return `must be ${TYPES[String(expected)] ?? String(expected)}`;
    case "too_small":
      return `must be ${inclusive === false ? "more than" : "at least"} ${minimum}${unit}`;
    case "too_big":
      return `must be ${inclusive === false ? "less than" : "at most"} ${maximum}${unit}`;
    case "invalid_value":
      return `must be ${Array.isArray(values) ? values.map(String).join(" or ") : "another value"}`;
    case "unrecognized_keys":
      return `takes no ${Array.isArray(keys) ? keys.map(String).join(", ") : "such field"}`;
    case "invalid_format":
      return `must be ${FORMATS[String(format)] ?? "another value"}`;
    default:
      return "is not what it takes";
  }
}
