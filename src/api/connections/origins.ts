/** To which hosts a credential may be sent. */
import type { Origins } from "../../model/connection.ts";
import { hostOf, isLoopback } from "../../model/loopback.ts";
import { ApiError } from "../errors.ts";

/** https under greenhouse.io, on the standard port. */
export function isGreenhouse(origin: string): boolean {
  // Of `file:` and the like the origin is the word "null".
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  return url.protocol === "https:" && url.port === "" && url.hostname.endsWith(".greenhouse.io");
}

/**
 * The origins of a new connection: what is given, else what the environment says.
 *
 * @param trusted the request came over the socket of this very user, whose environment is as good as the server's:
 *   it may name any origin, by https unless on this machine
 * @throws ApiError `origin_refused`
 */
export function chooseOrigins(
  given: Partial<Origins> | undefined,
  environment: Origins,
  trusted: boolean,
): Origins {
  const choose = (part: keyof Origins): string => {
    if (given?.[part] === undefined) return environment[part];
    const url = new URL(given[part]);
    const { origin } = url;
    if (isGreenhouse(origin) || origin === environment[part]) return origin;
    if (!trusted) {
      throw refused(
        `${origin} is not Greenhouse. Hosts other than https://*.greenhouse.io need the environment`,
        part,
      );
    }
    if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(hostOf(url)))) return origin;
    throw refused(`To ${origin} the credential would travel unprotected`, part);
  };
  return { harvest: choose("harvest"), auth: choose("auth"), audit: choose("audit") };
}

function refused(message: string, part: keyof Origins): ApiError {
  const name = `GLASSHOUSE_GREENHOUSE_${part.toUpperCase()}_URL`;
  return new ApiError(
    "origin_refused",
    `${message}.`,
    `Set ${name} where the server is started, or leave the origin out.`,
  );
}
