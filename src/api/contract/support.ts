/** What somebody who helps needs to see, and nothing of whom it is about. */
import { ConnectionParams, endpoint, FileAnswer } from "./kit.ts";

export const supportBundle = endpoint({
  method: "GET",
  path: "/connections/{c}/support-bundle",
  needs: "operator",
  trail: true,
  group: "Connections",
  summary:
    "A zip with versions, settings, verdicts, runs, lanes, coverage, counts and rate limits; no secret, name, address or id of anybody.",
  params: ConnectionParams,
  answer: FileAnswer,
  file: ["application/zip"],
  errors: ["connection_not_found"],
});
