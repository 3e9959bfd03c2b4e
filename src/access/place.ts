import ipaddr from "ipaddr.js";

/**
 * Where somebody asks from, as limits count it. Of IPv6 that is the network of 64 bits: whoever has one address has all of
 * them, and would be somebody new with each try.
 */
export function placeOf(ip: string | null): string {
  if (ip === null || !ipaddr.isValid(ip)) return String(ip);
  const address = ipaddr.process(ip);
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  return `${address.parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(":")}::/64`;
}
