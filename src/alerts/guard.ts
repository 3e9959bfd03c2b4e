/**
 * Where messages may go. A destination's address comes from a person of Glasshouse, and the request from within the
 * operator's network: without this, whoever makes a destination could ask what only that network may (SSRF).
 */
import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { hostOf } from "../model/loopback.ts";

export const ALLOW_PRIVATE = "GLASSHOUSE_WEBHOOKS_TO_PRIVATE=true allows it, where the operator wants that.";

/** An address that nothing is sent to; the message says why, and never holds more of it than its host. */
export class AddressRefused extends Error {
  override name = "AddressRefused";
}

/** Azure's platform answers its own machines here, at a public address. */
const METADATA = ["168.63.129.16"];
/** All that is given out of IPv6 for the public internet. */
const GLOBAL_V6: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse("2000::"), 3];

/** Is it an address of the public internet? Loopback, private, link-local, metadata, tunnels and the like are not. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== "unicast" || METADATA.includes(parsed.toString())) return false;
  return parsed.kind() === "ipv4" || parsed.match(GLOBAL_V6);
}

/** What can be told of an address by its text alone. @throws AddressRefused */
export function checkUrl(text: string, toPrivate: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw new AddressRefused("It is not a web address: give it whole, such as https://hooks.example.com/…");
  }
  if (url.username || url.password) {
    throw new AddressRefused("It holds a user name or password: give an address without them.");
  }
  if (toPrivate) return url;
  if (url.protocol !== "https:") {
    throw new AddressRefused(`Messages go by https alone. ${ALLOW_PRIVATE}`);
  }
  const host = hostOf(url);
  if (isIP(host) !== 0 && !isPublic(host)) throw privateAddress(host);
  return url;
}

const privateAddress = (host: string) =>
  new AddressRefused(
    `${host} is no address of the public internet, and messages go to no other. ${ALLOW_PRIVATE}`,
  );

export type Lookup = typeof systemLookup;

/**
 * Looks a name up for a connection about to be made, and refuses it where any of its addresses isn't public: what was checked
 * is what is connected to, whatever the name says a moment later.
 */
export function guardedLookup(lookup: Lookup = systemLookup): LookupFunction {
  return (host, options, done) => {
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, "", 0);
      if (addresses.length === 0 || addresses.some(({ address }) => !isPublic(address))) {
        return done(privateAddress(host), "", 0);
      }
      if (options.all) return done(null, addresses);
      done(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

/** A name that a proxy will look up, and can be looked up here too. @throws AddressRefused */
export async function checkName(url: URL, lookup: Lookup = systemLookup): Promise<void> {
  const host = hostOf(url);
  if (isIP(host) !== 0) return;
  await new Promise<void>((done, refuse) => {
    guardedLookup(lookup)(host, { all: true }, (error) => {
      // A name that only the proxy knows.
      if (error instanceof AddressRefused) refuse(error);
      else done();
    });
  });
}
