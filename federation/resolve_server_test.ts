import assert from "node:assert/strict";
import type { ServerName } from "../core/ids/server_name.ts";
import { serverName } from "../tests/harness/events.ts";
import { ManualClock } from "../tests/harness/parts.ts";
import { TransportError } from "./ports.ts";
import { authorityOf, type Endpoint, ServerResolver } from "./resolve_server.ts";

const encoder = new TextEncoder();
const name = serverName("example.org");

/** A resolver, and what the web answers it. */
function open(options: { readonly testPeers?: ReadonlyMap<ServerName, Endpoint> } = {}) {
  const clock = new ManualClock();
  const web = {
    asked: [] as string[],
    answer: (): Promise<{ status: number; body: Uint8Array }> =>
      Promise.resolve({ status: 404, body: new Uint8Array(0) }),
  };
  const resolver = new ServerResolver({
    clock,
    testPeers: options.testPeers ?? new Map(),
    documents: {
      get: (from, path) => {
        web.asked.push(`${from.scheme}://${authorityOf(from)}${path}`);
        return web.answer();
      },
    },
  });
  return { clock, web, resolver };
}

function documentOf(fields: Record<string, unknown>) {
  const document = { server: name, host: "chat.example.org", port: 8448, trial: false, ...fields };
  return () => Promise.resolve({ status: 200, body: encoder.encode(JSON.stringify(document)) });
}

Deno.test("the document's host and port; without a document the name itself, or its port", async () => {
  const { web, resolver } = open();
  assert.equal(authorityOf(await resolver.resolve(serverName("plain.example"))), "plain.example");
  assert.equal(
    authorityOf(await resolver.resolve(serverName("ported.example:8009"))),
    "ported.example:8009",
  );
  assert.equal(
    authorityOf(await resolver.resolve(serverName("[2001:db8::1]"))),
    "[2001:db8::1]",
  );
  web.answer = documentOf({});
  assert.deepEqual(await resolver.resolve(name), {
    scheme: "https",
    host: "chat.example.org",
    port: 8448,
    named: false,
    server: name,
  });
  assert.deepEqual(web.asked, [
    "https://plain.example/.well-known/openguild/server",
    "https://ported.example:8009/.well-known/openguild/server",
    "https://[2001:db8::1]/.well-known/openguild/server",
    "https://example.org/.well-known/openguild/server",
  ]);
});

Deno.test("one look-up for many who ask, kept for an hour; forgotten where nobody answered", async () => {
  const { clock, web, resolver } = open();
  web.answer = documentOf({});
  await Promise.all(Array.from({ length: 20 }, () => resolver.resolve(name)));
  assert.equal(web.asked.length, 1);
  clock.advance(3_599_000);
  await resolver.resolve(name);
  assert.equal(web.asked.length, 1);
  clock.advance(1000);
  await resolver.resolve(name);
  assert.equal(web.asked.length, 2);
  resolver.forget(name);
  await resolver.resolve(name);
  assert.equal(web.asked.length, 3);
});

Deno.test("a failure is remembered for a minute, whoever asks, and not forgotten by failing again", async () => {
  const { clock, web, resolver } = open();
  web.answer = () => Promise.reject(new TransportError("unreachable", "away"));
  for (let run = 0; run < 10; run++) {
    await assert.rejects(resolver.resolve(name), { name: "TransportError", kind: "unreachable" });
    resolver.forget(name);
  }
  assert.equal(web.asked.length, 1);
  clock.advance(60_000);
  web.answer = documentOf({});
  await resolver.resolve(name);
});

Deno.test("a document of another server or of a trial refuses; one that means nothing counts as none", async () => {
  for (
    const [fields, kind] of [[{ server: "evil.example" }, "unresolved"], [
      { trial: true },
      "policy",
    ]] as const
  ) {
    const { web, resolver } = open();
    web.answer = documentOf(fields);
    await assert.rejects(resolver.resolve(name), { kind });
  }
  for (
    const fields of [{ port: 0 }, { host: "" }, { host: "a b" }, { host: "x/y" }, { host: "u@h" }, {
      server: 1,
    }]
  ) {
    const { web, resolver } = open();
    web.answer = documentOf(fields);
    assert.equal(authorityOf(await resolver.resolve(name)), "example.org", JSON.stringify(fields));
  }
  for (const status of [301, 302, 404, 500]) {
    const { web, resolver } = open();
    web.answer = () => Promise.resolve({ status, body: encoder.encode("{}") });
    assert.equal(authorityOf(await resolver.resolve(name)), "example.org");
  }
});

Deno.test("test peers are where the configuration says; what is remembered is bounded", async () => {
  const place: Endpoint = { scheme: "http", host: "127.0.0.1", port: 8009, named: true };
  const { web, resolver } = open({ testPeers: new Map([[name, place]]) });
  assert.equal(await resolver.resolve(name), place);
  assert.equal(web.asked.length, 0);
  for (let nth = 0; nth < 10_050; nth++) await resolver.resolve(serverName(`s${nth}.example`));
  assert.equal(resolver.size, 10_000);
});

Deno.test("a link's address is a test peer's by its place or by its name, and nobody else's", async () => {
  const peer = serverName("one.localhost");
  const { web, resolver } = open({
    testPeers: new Map([[peer, {
      scheme: "http",
      host: "127.0.0.1",
      port: 8101,
      named: true,
      server: peer,
    }]]),
  });
  const nameAt = (address: string) => resolver.nameAt(new URL(address));
  assert.equal(await nameAt("http://127.0.0.1:8101/invite/a"), peer);
  assert.equal(await nameAt("http://one.localhost:8101/invite/a"), peer);
  assert.deepEqual(web.asked, []);
  for (
    const other of ["http://one.localhost:8102/invite/a", "http://two.localhost:8101/invite/a"]
  ) {
    await assert.rejects(nameAt(other), TransportError);
  }
});
