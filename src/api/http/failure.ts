/** Whatever was thrown, as the one shape of an error. What is not meant for people goes to the log alone. */
import type { FastifyError } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { AccessRefused } from "../../access/refused.ts";
import { ActionRefused } from "../../jobs/actions/refused.ts";
import { StoreError } from "../../store/engine/errors.ts";
import { ApiError } from "../errors.ts";
import { problemText } from "./problem.ts";

/** Refusals of the store and of insights, by the name of their class. */
const REFUSALS = {
  NameTaken: "name_taken",
  ViewNameTaken: "name_taken",
  TooManyViews: "not_possible",
  EmailTaken: "email_taken",
  FingerprintTaken: "account_taken",
  DatabaseRefused: "not_possible",
  UnknownLicenseType: "not_possible",
  InvalidCursor: "invalid_cursor",
  NotKnownThen: "not_known_then",
  QueryRefused: "invalid_request",
  FileRefused: "file_unreadable",
} as const;

/** What the store's and Fastify's own errors mean to a client; null: a fault of ours. */
export function asApiError(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error;
  if (error instanceof AccessRefused)
    return new ApiError(error.code, error.message, error.cure, { cause: error });
  if (error instanceof ActionRefused) {
    return new ApiError(error.code, error.message, error.cure ?? null, { cause: error });
  }
  if (!(error instanceof Error)) return null;
  if (error.name in REFUSALS) {
    return new ApiError(REFUSALS[error.name as keyof typeof REFUSALS], error.message, null, {
      cause: error,
    });
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const { validationContext, validation } = error as FastifyError;
    const problems = validation!.map((problem) => {
      const at = problem.instancePath.replace(/^\//, "").replaceAll("/", ".");
      return `${at === "" ? (validationContext ?? "request") : at}: ${problemText(problem)}`;
    });
    return new ApiError(
      "invalid_request",
      [...new Set(problems)].join("; "),
      "docs/api.md has what each endpoint takes.",
    );
  }
  if (isNoNumber(error)) {
    return new ApiError("invalid_request", "It holds a number that nothing here can have.", null, {
      cause: error,
    });
  }
  const { code, statusCode } = error as FastifyError;
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new ApiError("body_too_large", "The body is larger than this endpoint takes.");
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ApiError("invalid_request", error.message);
  }
  return null;
}

/** What was looked for is larger than its column of PostgreSQL, or no whole number, as in a cursor of one's own making. SQLite just finds nothing. */
function isNoNumber(error: Error): boolean {
  if (!(error instanceof StoreError)) return false;
  return (
    error.code === "22003" || (error.code === "22P02" && /for type (integer|bigint)$/.test(error.message))
  );
}
