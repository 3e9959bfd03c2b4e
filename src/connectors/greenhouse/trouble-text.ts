/** The words of what goes wrong on the way to Greenhouse or there, whoever asks (console.md §7). */
import type { Origins } from "../../model/connection.ts";
import type { Ask, Verdict } from "../../model/verdict.ts";
import { askSentence, clock, dateAndTime, duration, type Finding, finding } from "./verdict-words.ts";

/** Until when Greenhouse wants to be left alone. */
function until(ask: Ask, retryAfterMs: number): string {
  const at = ask.at + retryAfterMs;
  return retryAfterMs < 12 * 60 * 60_000 ? clock(at) : dateAndTime(at);
}

const told = (retryAfterMs: number | null): Verdict["facts"] =>
  retryAfterMs === null ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) };

/** @param untold Greenhouse didn't say for how long: that is our own measure */
export function rateLimited(ask: Ask, retryAfterMs: number | null, untold: boolean): Finding {
  const then = retryAfterMs === null ? "" : ` until ${until(ask, retryAfterMs)}`;
  const untilThen = untold ? ` and didn't say for how long; we do${then}` : then;
  // Without a status nothing was asked: an earlier answer's time isn't over.
  const evidence =
    ask.status === null ? `Until then ${ask.method} ${ask.path} is not asked` : askSentence(ask);
  return finding(
    "rate_limited",
    ask,
    `Greenhouse asked us to wait${untilThen}. ${evidence}.`,
    "Nothing. Is it often so? Then another tool may share the credential.",
    told(retryAfterMs),
  );
}

export function unavailable(ask: Ask, tries: number, retryAfterMs: number | null): Finding {
  const evidence =
    ask.status === null
      ? `${ask.method} ${ask.path} is not asked`
      : `${askSentence(ask)}, ${tries === 1 ? "1 try" : `${tries} tries`}`;
  const untilThen =
    retryAfterMs === null ? "" : `; it wants to be left alone until ${until(ask, retryAfterMs)}`;
  return finding(
    "greenhouse_unavailable",
    ask,
    `Greenhouse has trouble. ${evidence}${untilThen}.`,
    "Nothing: it is tried again. See status.greenhouse.io.",
    { tries, ...told(retryAfterMs) },
  );
}

export function network(ask: Ask, said: string | null, origins: Origins): Finding {
  return finding(
    "network",
    ask,
    `This server can't reach ${ask.host}: ${said ?? "no answer"}. ${askSentence(ask)}.`,
    `Allow HTTPS (443) to ${hosts(origins).join(", ")}.`,
    { hosts: hosts(origins) },
  );
}

/** A refusal that came as a page for people, while Greenhouse's API speaks JSON: it may not be Greenhouse's at all. */
export function asPage(found: Finding, { host, status }: Ask): Finding {
  return {
    ...found,
    text: `${found.text} The ${status} came as an HTML page, not as JSON: a firewall may have sent it, Greenhouse's own or one of your network.`,
    cure: `First let a firewall or proxy of yours pass ${host}. Then: ${found.cure}`,
  };
}

export function proxy(ask: Ask, said: string | null, proxyHost: string, origins: Origins): Finding {
  return finding(
    "proxy",
    ask,
    `The proxy ${proxyHost} doesn't let us through to ${ask.host}: ${said ?? "no answer"}. ${askSentence(ask)}.`,
    `Check HTTPS_PROXY and NO_PROXY, and let the proxy pass ${hosts(origins).join(", ")}.`,
    { proxy: proxyHost, hosts: hosts(origins) },
  );
}

export function tls(ask: Ask, said: string | null): Finding {
  return finding(
    "tls",
    ask,
    `The certificate of ${ask.host} is not trusted: ${said ?? "TLS failed"}. ${askSentence(ask)}.`,
    "Check this server's clock and its list of root certificates, and that nothing stands between it and Greenhouse.",
  );
}

export function tlsIntercepted(ask: Ask, issuer: string | null, origins: Origins): Finding {
  const by = issuer
    ? `issued by ${issuer}, which this server doesn't know`
    : "issued by somebody this server doesn't know";
  return finding(
    "tls_intercepted",
    ask,
    `The certificate of ${ask.host} is not trusted: ${by}. Most likely your network opens HTTPS. ${askSentence(ask)}.`,
    `Exempt ${hosts(origins).join(", ")} from inspection, or give Node your network's root certificate: NODE_EXTRA_CA_CERTS.`,
    { ...(issuer && { issuer }), hosts: hosts(origins) },
  );
}

export function unreadable(ask: Ask | null, said: string | null): Finding {
  const what = ask ? ` ${askSentence(ask)}${said ? `: ${said}` : ""}.` : said ? ` ${said}.` : "";
  return finding(
    "answer_unreadable",
    ask,
    `We can't read Greenhouse's answer.${what} Nothing was changed.`,
    "Nothing: it is tried again. Is it still so tomorrow, report it with the request above.",
  );
}

export function clockWrong(skewMs: number, now: number): Finding {
  const ahead = skewMs < 0 ? "ahead of" : "behind";
  return finding(
    "clock_wrong",
    null,
    `This server's clock is ${duration(Math.abs(skewMs))} ${ahead} Greenhouse's. Its answer was dated ${dateAndTime(now + skewMs)}, ours is ${dateAndTime(now)}.`,
    "Switch on time synchronization on this server. Until then use is judged by Greenhouse's clock.",
    { skewSeconds: Math.round(skewMs / 1000) },
  );
}

function hosts(origins: Origins): string[] {
  return [...new Set(Object.values(origins).map((origin) => new URL(origin).host))];
}
