/** Where a listing goes on: the vendor's own next link, on the connection's own origin, never twice the same. */
import { hostOf, isLoopback } from "../../model/loopback.ts";
import type { Ask } from "../../model/verdict.ts";
import { ConnectorError, RestartListing } from "../errors.ts";
import { links } from "../link.ts";
import type { Answer } from "./call.ts";

/** How many links of one listing are remembered. Longer listings than 50 million rows don't exist. */
const REMEMBERED = 100_000;
/** Pages in a row without a new row, after which a listing that leads on and on is taken for endless. */
const IDLE_PAGES = 20;

/** Follows next links; one for each listing, always on the connection's own origin. Throws ConnectorError `invalid` on a foreign or repeated link. */
export class LinkTrail {
  readonly #origin: string;
  readonly #followed = new Set<string>();
  #idle = 0;

  constructor(origin: string) {
    this.#origin = new URL(origin).origin;
  }

  /** The next page's URL, checked; null: this was the last page (api.md §1.2, §2.2). `fresh`: rows that were new on this one. */
  next(answer: Pick<Answer, "headers" | "ask">, from: URL, fresh: number): URL | null {
    const link = links(answer.headers.link).get("next");
    if (!link) return null;
    this.#idle = fresh > 0 ? 0 : this.#idle + 1;
    if (this.#idle > IDLE_PAGES) {
      const what = `${this.#idle} pages in a row without a new row, and a link to another: the listing would never end`;
      throw refused("repeated_link", what, answer.ask);
    }
    if (!URL.canParse(link, from.href))
      throw refused("repeated_link", "a next link that is no address", answer.ask);
    const url = this.#here(new URL(link, from), from);
    if (url.origin !== this.#origin) {
      throw refused("foreign", `a next link to another host, ${url.origin}: not followed`, answer.ask);
    }
    this.#followed.add(from.href);
    if (this.#followed.has(url.href)) {
      throw refused(
        "repeated_link",
        `the same next link again, to ${url.pathname}: the listing would never end`,
        answer.ask,
      );
    }
    if (this.#followed.size > REMEMBERED) this.#followed.clear();
    return url;
  }

  /** The same list under another spelling of our own host is asked where it was asked before. */
  #here(url: URL, from: URL): URL {
    if (url.origin === this.#origin || url.pathname !== from.pathname) return url;
    return isSameHost(url, new URL(this.#origin)) ? new URL(url.pathname + url.search, this.#origin) : url;
  }
}

/** As api.md §2.2 prints links: what stands behind a proxy of its own may not know under which name it is asked. */
const DOCUMENTED = "harvest.greenhouse.io";

/** Another spelling of the host that was asked: its other scheme, the documented name, or this machine by another name. */
function isSameHost(url: URL, origin: URL): boolean {
  const isLocal = (one: URL) => isLoopback(hostOf(one));
  if (!/^https?:$/.test(url.protocol)) return false;
  if (isLocal(url) && isLocal(origin)) return url.port === origin.port;
  return url.port === "" && (url.hostname === origin.hostname || url.hostname === DOCUMENTED);
}

function refused(fault: "foreign" | "repeated_link", what: string, ask: Ask): ConnectorError {
  return new ConnectorError("invalid", `${ask.method} ${ask.path} answered with ${what}`, ask, {
    fault,
    said: what,
  });
}

/** What `Page.next` holds: the next page's path and query, and the lowest id read so far. */
export interface Place {
  url: string;
  below: string | null;
}

export function toPlace({ url, below }: { url: URL; below: string | null }): string {
  return JSON.stringify({ url: url.pathname + url.search, below } satisfies Place);
}

/** Reads back a stored place; throws RestartListing for what isn't one. */
export function fromPlace(stored: string): Place {
  try {
    const place = JSON.parse(stored) as Partial<Place>;
    if (typeof place.url === "string" && place.url.startsWith("/") && !place.url.startsWith("//")) {
      return { url: place.url, below: typeof place.below === "string" ? place.below : null };
    }
  } catch {
    // not JSON: falls through
  }
  throw new RestartListing("cursor_expired", "the stored place in the listing can't be read");
}
