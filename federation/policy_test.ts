import assert from "node:assert/strict";
import { allows } from "../core/auth/server_acl.ts";
import { parseServerName, type ServerName } from "../core/ids/server_name.ts";
import { serverName } from "../tests/harness/events.ts";
import { seededRng } from "../tests/harness/seeded_rng.ts";
import {
  canonicalHost,
  isListed,
  parseServerList,
  type ServerLists,
  serverPolicy,
} from "./policy.ts";

function listOf(...entries: string[]) {
  const { list, unusable } = parseServerList(entries);
  assert.deepEqual(unusable, []);
  return list;
}

const self = serverName("self.test");

function policy(
  { allow = listOf(), block = listOf(), ...facts }:
    & Partial<Parameters<typeof serverPolicy>[0]>
    & Partial<ServerLists> = {},
) {
  return serverPolicy({
    self,
    trial: false,
    enabled: true,
    testPeers: new Set(),
    ...facts,
    lists: () => ({ allow, block }),
  });
}

/** How one and the same host can be written, in whatever way somebody may try. */
function spellings(host: string): string[] {
  const capital = host.toUpperCase();
  const wide = [...host].map((c) =>
    /[a-z]/.test(c) ? String.fromCodePoint(c.charCodeAt(0) + 0xfee0) : c
  );
  const hosts = [host, capital, host[0]?.toUpperCase() + host.slice(1), wide.join("")];
  const dotted = hosts.flatMap((text) => [text, `${text}.`]);
  const ported = dotted.flatMap((text) => [text, `${text}:443`, `${text}:8448`, `${text}:1`]);
  return [
    ...ported,
    ...ported.map((text) => text.replaceAll(".", "\u3002")),
    ` ${host}`,
    `${host} `,
  ];
}

Deno.test("G20: no spelling of a blocked server passes, and none of another is stopped", () => {
  const rng = seededRng(20);
  let tried = 0;
  let passed = 0;
  let stopped = 0;
  for (let run = 0; run < 60; run++) {
    const host = `x${rng.bytes(3).toHex()}.evil${run}.example`;
    const spelled = spellings(host);
    // Blocked as somebody types it into a configuration, whatever way.
    const typed = spelled[rng.below(spelled.length)]?.trim() as string;
    const star = rng.below(2) === 0;
    const { list, unusable } = parseServerList([
      star ? `*.${host.slice(host.indexOf(".") + 1)}` : typed,
    ]);
    assert.deepEqual(unusable, [], typed);
    const rules = policy({ block: list });
    for (const text of spelled) {
      tried++;
      // What is no name in its one spelling never becomes a server at all.
      const name = parseServerName(text);
      if (name !== undefined && rules.refusal(name) === undefined) passed++;
    }
    const others = [`${host}.org`, host.replace("evil", "good"), `evil${run}.example`];
    // Below the same name, so that the star means it too.
    if (!star) others.push(`a${host}`, `a.${host}`);
    for (const other of others) {
      if (rules.refusal(serverName(other)) !== undefined) stopped++;
    }
  }
  assert.ok(tried > 500);
  assert.deepEqual({ passed, stopped }, { passed: 0, stopped: 0 });
});

Deno.test("G20: addresses, IDNA and punycode: one host, one word", () => {
  const blocked = (entry: string, server: string) => isListed(listOf(entry), serverName(server));
  assert.ok(blocked("bücher.example", "xn--bcher-kva.example"));
  assert.ok(blocked("BÜCHER.Example.", "xn--bcher-kva.example:8448"));
  assert.ok(blocked("*.bücher.example", "www.xn--bcher-kva.example"));
  assert.ok(blocked("192.0.2.7", "192.0.2.7:8448"));
  assert.ok(blocked("192.0.2.7", "[::ffff:c000:207]"));
  assert.ok(blocked("192.0.2.7", "[64:ff9b::c000:207]:99"));
  assert.ok(blocked("::ffff:192.0.2.7", "192.0.2.7"));
  assert.ok(blocked("[2001:DB8:0:0::7]:8448", "[2001:db8::7]"));
  assert.ok(blocked("3221225991", "192.0.2.7"), "an address in decimal is that address");
  assert.ok(!blocked("192.0.2.7", "192.0.2.70"));
  assert.ok(!blocked("*.2.7", "192.0.2.7"), "an address has no names below it");
  assert.deepEqual(
    parseServerList([
      "a*b.example",
      "*",
      "https://evil.example",
      "evil.example/x",
      "",
      "a b",
      "*.*.example",
      "[::1",
    ])
      .unusable.length,
    8,
  );
  assert.equal(canonicalHost("EXAMPLE.org."), "example.org");
});

Deno.test("G20: the ACL of a room reads the same hosts: case, port and final dot hide nobody", () => {
  const acl = { allow: ["*"], deny: ["evil.example", "*.EVIL.example"], allowIpLiterals: false };
  for (const host of ["evil.example", "a.evil.example", "a.b.evil.example"]) {
    for (const text of spellings(host)) {
      const name = parseServerName(text);
      if (name !== undefined) assert.ok(!allows(acl, name), text);
    }
    assert.ok(!allows(acl, `${host.toUpperCase()}.:8448`));
  }
  assert.ok(allows(acl, "notevil.example"));
  assert.ok(!allows(acl, "192.0.2.7:8448"));
  assert.ok(!allows(acl, "[2001:db8::1]"));
});

Deno.test("a list of 10,000 is looked up label by label: no entry is compared with another", () => {
  const entries = Array.from(
    { length: 10_000 },
    (_, at) => at % 2 === 0 ? `*.n${at}.example` : `n${at}.example`,
  );
  const list = listOf(...entries);
  const looks = { hosts: 0, below: 0 };
  const counting = {
    hosts: { has: (host: string) => (looks.hosts++, list.hosts.has(host)) },
    below: { has: (host: string) => (looks.below++, list.below.has(host)) },
  } as unknown as typeof list;
  const deep = serverName(`${"a.".repeat(100)}n9998.example`);
  assert.ok(isListed(counting, deep));
  assert.ok(!isListed(counting, serverName(`${"a.".repeat(100)}elsewhere.example`)));
  assert.ok(looks.hosts + looks.below < 300, JSON.stringify(looks));
});

Deno.test("policy: itself, switched off, trial, allow list, block over allow, test peers", () => {
  const one = serverName("one.example");
  const peer = serverName("peer.test");
  const met = (rules: ReturnType<typeof policy>, server: ServerName) => {
    const barrier = rules.barrier(server);
    assert.equal(rules.refusal(server) === undefined, barrier === undefined);
    return barrier;
  };
  assert.equal(met(policy(), self), "self");
  assert.equal(met(policy(), one), undefined);
  assert.equal(met(policy({ enabled: false, testPeers: new Set([peer]) }), peer), "off");
  assert.equal(met(policy(), serverName("localhost")), "localhost");
  assert.equal(met(policy(), serverName("localhost:8448")), "localhost");
  const trial = policy({ trial: true, testPeers: new Set([peer]) });
  assert.equal(met(trial, one), "trial");
  assert.equal(met(trial, peer), undefined);
  const allowed = policy({ allow: listOf("one.example", "*.two.example") });
  assert.equal(met(allowed, one), undefined);
  assert.equal(met(allowed, serverName("a.two.example:8448")), undefined);
  assert.equal(met(allowed, serverName("two.example")), "allow");
  const both = policy({ allow: listOf("one.example"), block: listOf("one.example") });
  assert.equal(met(both, one), "block");
  const peers = policy({ block: listOf("peer.test"), testPeers: new Set([peer]) });
  assert.equal(met(peers, peer), "block");
});
