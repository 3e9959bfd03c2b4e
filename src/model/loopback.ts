/** Is this host surely this machine? A name other than localhost could lead anywhere. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || FOUR.test(host) || SIX.test(host);
}

const FOUR = /^127(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
const SIX = /^(::1|(0{1,4}:){7}0{0,3}1)$/;

/** The host of an address without port, and without the brackets around an IPv6 address. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, "$1");
}
