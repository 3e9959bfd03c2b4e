import assert from "node:assert/strict";
import { test } from "node:test";
import { AddressRefused, checkName, checkUrl, guardedLookup, isPublic, type Lookup } from "./guard.ts";

const PRIVATE = [
  ..."127.0.0.1 127.9.9.9 10.1.1.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200".split(
    " ",
  ),
  ..."168.63.129.16 0.0.0.0 255.255.255.255 224.0.0.1 192.0.2.1 198.18.0.1 240.0.0.1 192.0.0.1".split(" "),
  ...":: ::1 fe80::1 fd00:ec2::254 fc00::1 ff02::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8:1 ::7f00:1 fec0::1".split(
    " ",
  ),
  ..."::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2001::1 2001:db8::1 nonsense".split(" "),
];

test("addresses that are none of the public internet", async (t) => {
  for (const address of PRIVATE) await t.test(address, () => assert.equal(isPublic(address), false));
  for (const address of ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"]) {
    await t.test(address, () => assert.equal(isPublic(address), true));
  }
});

const URLS: [string, string, RegExp | null][] = [
  ["a public name", "https://hooks.example.com/services/T1", null],
  ["a public address", "https://8.8.8.8/x", null],
  ["http", "http://hooks.example.com/", /https alone/],
  ["loopback", "https://127.0.0.1/", /no address of the public internet/],
  ["loopback in another notation", "https://0x7f.1/", /no address of the public internet/],
  ["loopback as one number", "https://2130706433/", /no address of the public internet/],
  ["loopback of IPv6", "https://[::1]/", /no address of the public internet/],
  ["mapped", "https://[::ffff:169.254.169.254]/", /no address of the public internet/],
  ["with a password", "https://user:pass@hooks.example.com/", /user name or password/],
  ["another protocol", "ftp://hooks.example.com/", /not a web address/],
  ["a file", "file:///etc/passwd", /not a web address/],
  ["nonsense", "hooks.example.com", /not a web address/],
];

test("addresses by their text", async (t) => {
  for (const [name, url, refused] of URLS) {
    await t.test(name, () => {
      if (refused === null) return void checkUrl(url, false);
      assert.throws(
        () => checkUrl(url, false),
        (error: Error) => {
          assert.ok(error instanceof AddressRefused);
          assert.match(error.message, refused);
          assert.ok(!error.message.includes("pass@"));
          return true;
        },
      );
    });
  }
  assert.throws(() => checkUrl("http://127.0.0.1/", false), /GLASSHOUSE_WEBHOOKS_TO_PRIVATE=true/);
  assert.equal(checkUrl("http://127.0.0.1:8080/x", true).port, "8080");
});

const leadsTo = (...addresses: string[]) =>
  ((_host: string, _options: unknown, done: (error: null, all: unknown[]) => void) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    )) as unknown as Lookup;

test("a name is judged by where it leads, all of it", async () => {
  const look = (lookup: Lookup) =>
    new Promise((done, failed) =>
      guardedLookup(lookup)("hooks.example.com", {}, (error, address) =>
        error ? failed(error) : done(address),
      ),
    );
  assert.equal(await look(leadsTo("8.8.8.8")), "8.8.8.8");
  await assert.rejects(look(leadsTo("127.0.0.1")), AddressRefused);
  await assert.rejects(look(leadsTo("8.8.8.8", "fd00::1")), AddressRefused, "one of two is enough");
  await assert.rejects(look(leadsTo()), AddressRefused);
  await assert.rejects(checkName(new URL("https://a.example"), leadsTo("10.0.0.1")), AddressRefused);
  await checkName(new URL("https://a.example"), leadsTo("8.8.8.8"));
});
