import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer as createHttp, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import type { AddressInfo } from "node:net";
import { parseServerName, type ServerName } from "../../core/ids/server_name.ts";
import { addressRefusal } from "../../federation/address.ts";
import { TransportError } from "../../federation/ports.ts";
import { type Endpoint, ServerResolver } from "../../federation/resolve_server.ts";
import { serverName } from "../../tests/harness/events.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { seededRng } from "../../tests/harness/seeded_rng.ts";
import { selfSigned } from "../../tests/harness/self_signed.ts";
import { systemClock } from "../system/clock.ts";
import { PreviewClient, PreviewFault } from "../services/previews/preview_client.ts";
import { fetchPicture } from "../services/previews/preview_picture.ts";
import { HttpClient, type HttpClientDeps } from "./http_client.ts";
import { resolveHost } from "./resolve_host.ts";

const EMPTY = new Uint8Array(0);
/** Nothing here ends by the clock but what says so. */
const BOUNDS = { maxBytes: 1000, timeoutMs: 60_000 };

function client(deps: Partial<HttpClientDeps> = {}): HttpClient {
  return new HttpClient({ clock: systemClock, resolveHost, ...deps });
}

async function listen<S extends Server>(server: S): Promise<{ port: number } & AsyncDisposable> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function kindOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "answered";
  } catch (error) {
    assert.ok(error instanceof TransportError, String(error));
    return error.kind;
  }
}

Deno.test("TLS: 1.3 and a certificate of a known authority for the right name, or nothing", async () => {
  const own = await selfSigned({ name: "two.test", days: 2 });
  const answer = (_request: unknown, response: { end(text: string): void }) => response.end("hi");
  await using good = await listen(createHttps({ ...own, minVersion: "TLSv1.3" }, answer));
  await using old = await listen(
    createHttps({ ...own, minVersion: "TLSv1.2", maxVersion: "TLSv1.2" }, answer),
  );
  await using plain = await listen(createHttp(answer));
  // The names lead to loopback here, which only a named place may.
  const here = () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]);
  const at = (port: number, host = "two.test"): Endpoint => ({
    scheme: "https",
    host,
    port,
    named: true,
  });
  using trusting = client({ resolveHost: here, extraCa: [own.cert] });
  using strict = client({ resolveHost: here });
  assert.equal(await kindOf(trusting.get(at(good.port), "/", BOUNDS)), "answered");
  assert.equal(await kindOf(strict.get(at(good.port), "/", BOUNDS)), "tls");
  assert.equal(await kindOf(trusting.get(at(good.port, "three.test"), "/", BOUNDS)), "tls");
  assert.equal(await kindOf(trusting.get(at(old.port), "/", BOUNDS)), "tls");
  assert.equal(await kindOf(trusting.get(at(plain.port), "/", BOUNDS)), "tls");
  const bare: Endpoint = { scheme: "http", host: "two.test", port: plain.port, named: false };
  assert.equal(
    await kindOf(trusting.get(bare, "/", BOUNDS)),
    "tls",
    "plain HTTP is for test peers",
  );
});

Deno.test("answers: bounded, whole, in time; redirects are not followed", async () => {
  await using elsewhere = await countingListener();
  const server = createHttp((request, response) => {
    switch (request.url) {
      case "/big":
        response.end("x".repeat(1001));
        break;
      case "/endless": {
        response.writeHead(200);
        const more = () => void (response.destroyed || response.write("x".repeat(500), more));
        more();
        break;
      }
      case "/cut":
        response.writeHead(200, { "content-length": "100" });
        response.write("x", () => response.destroy());
        break;
      case "/silent":
        break;
      case "/stalled":
        response.writeHead(200, { "content-length": "100" });
        response.write("x");
        break;
      case "/other":
        request.socket.write(
          "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n",
        );
        break;
      default:
        response.writeHead(302, { location: `http://127.0.0.1:${elsewhere.port}/` });
        response.end();
    }
  });
  await using listening = await listen(server);
  using asking = client();
  const at: Endpoint = { scheme: "http", host: "127.0.0.1", port: listening.port, named: true };
  // Only those that never answer are left by the clock: a busy machine is slow with the others.
  const get = (path: string, timeoutMs = 60_000) =>
    asking.get(at, path, { maxBytes: 1000, timeoutMs });
  assert.equal(await kindOf(get("/big")), "too_large");
  assert.equal(await kindOf(get("/endless")), "too_large");
  assert.equal(await kindOf(get("/cut")), "unreachable");
  assert.equal(await kindOf(get("/silent", 300)), "timeout");
  assert.equal(await kindOf(get("/stalled", 300)), "timeout");
  assert.equal(await kindOf(get("/other")), "bad_answer");
  assert.deepEqual(await get("/away"), { status: 302, body: EMPTY });
  const gaveUp = new AbortController();
  const waiting = asking.send(at, {
    method: "GET",
    target: "/silent",
    headers: {},
    body: EMPTY,
    timeoutMs: 60_000,
    signal: gaveUp.signal,
  });
  gaveUp.abort();
  assert.equal(await kindOf(waiting), "timeout");
  const answer = await asking.send(at, {
    method: "GET",
    target: "/endless",
    headers: {},
    body: EMPTY,
    timeoutMs: 60_000,
  });
  await assert.rejects(
    async () => {
      for await (const _part of answer.stream(10_000));
    },
    { kind: "too_large" },
  );
  assert.equal(elsewhere.connections, 0);
  assert.equal(await kindOf(asking.get({ ...at, port: freePort() }, "/", BOUNDS)), "unreachable");
});

/** Listens on every address of this machine and counts who comes. */
function countingListener() {
  const counted = { port: 0, connections: 0 };
  const first = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  counted.port = (first.addr as Deno.NetAddr).port;
  const listeners = [first];
  try {
    listeners.push(Deno.listen({ hostname: "::1", port: counted.port }));
  } catch (error) {
    // A machine without IPv6 has no such way in.
    if (!(error instanceof Deno.errors.AddrNotAvailable)) throw error;
  }
  const serving = listeners.map(async (listener) => {
    for await (const connection of listener) {
      counted.connections++;
      connection.close();
    }
  });
  return Promise.resolve(Object.assign(counted, {
    async [Symbol.asyncDispose]() {
      for (const listener of listeners) listener.close();
      await Promise.all(serving);
    },
  }));
}

/** What previews are found with, and a page that leads wherever it is told to. */
async function previewSite(ports: readonly number[], deps: Partial<HttpClientDeps> = {}) {
  const site = { leadsTo: "", asked: 0 };
  const server = await listen(createHttp((_request, response) => {
    response.writeHead(302, { location: Buffer.from(site.leadsTo).toString("latin1") });
    response.end();
  }));
  const http = client({ plainHttp: true, minTls: "TLSv1.2", ...deps });
  const here = `http://127.0.0.1:${server.port}`;
  const rules = { trusted: new Set([here]), ports: new Set(ports), denied: [], own: new Set([""]) };
  const asking = new PreviewClient({ http, clock: systemClock, rules, userAgent: "test" });
  const wanted = {
    accept: "text/html",
    timeoutMs: 60_000,
    maxBytes: 1000,
    beginning: true,
    isWanted: () => true,
    signal: new AbortController().signal,
  };
  // Neither is come to: no byte of a picture ever arrives.
  const nowhere = { pictures: undefined as never, spoolFolder: "/nowhere" };
  const page = (url: string) => faultOf(asking.fetch(new URL(url), wanted));
  const picture = (url: string) =>
    faultOf(fetchPicture({ ...nowhere, client: asking }, new URL(url), wanted.signal));
  return {
    page,
    picture,
    /** A page or a picture, in turn, that leads there. */
    async ledTo(url: string) {
      site.leadsTo = url;
      return await (site.asked++ % 2 === 0 ? page(`${here}/page`) : picture(`${here}/picture`));
    },
    async [Symbol.asyncDispose]() {
      http[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Why a preview has nothing, in the words of the transport. */
async function faultOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return "answered";
  } catch (error) {
    assert.ok(error instanceof PreviewFault, String(error));
    if (error.cause instanceof TransportError) return error.cause.kind;
    // By the rule for every hop, or because it is no address at all.
    return / is not asked: |leads to no address/.test(error.message)
      ? "forbidden_address"
      : error.message;
  }
}

/** Every range that must not be reached: those of Synapse's default list, and more. */
const RANGES = [
  ...["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"],
  ...["192.0.0.0/24", "169.254.0.0/16", "192.88.99.0/24", "198.18.0.0/15", "192.0.2.0/24"],
  ...["198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "0.0.0.0/8", "240.0.0.0/4"],
];
const IPV6 = [
  ...["::", "::1", "fe80::1", "fe80::abcd:1", "fc00::1", "fd12:3456::1", "2001:db8::1", "ff02::1"],
  ...[
    "fec0::1",
    "::ffff:7f00:1",
    "::ffff:a00:1",
    "::7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::a00:1",
  ],
  ...["2002:7f00:1::", "2001:0:7f00:1::", "100::1", "3fff::1", "2001:20::1"],
];

function addressesIn(range: string, rng: ReturnType<typeof seededRng>, count: number): string[] {
  const [base = "", bits = "0"] = range.split("/");
  const start = base.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - Number(bits));
  return [0, size - 1, ...Array.from({ length: count }, () => rng.below(size))]
    .map((offset) => dotted(start + offset));
}

function dotted(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}

/** One IPv4 address as URL parsers and resolvers understand it. */
function spellingsOf(address: string): string[] {
  const parts = address.split(".").map(Number);
  const number = parts.reduce((sum, part) => sum * 256 + part, 0);
  const [a = 0, b = 0, c = 0, d = 0] = parts;
  const hex = (n: number) => n.toString(16);
  const circled = [...address].map((x) =>
    /[1-9]/.test(x) ? String.fromCodePoint(0x245f + Number(x)) : x
  );
  return [
    address,
    `${address}.`,
    String(number),
    `0x${hex(number)}`,
    `0${number.toString(8)}`,
    parts.map((part) => `0x${hex(part)}`).join("."),
    parts.map((part) => `0${part.toString(8)}`).join("."),
    `${a}.${b * 65_536 + c * 256 + d}`,
    `${a}.${b}.${c * 256 + d}`,
    circled.join(""),
    [...address].map((x) => /\d/.test(x) ? String.fromCodePoint(0xff10 + Number(x)) : x).join(""),
    address.replaceAll(".", "\u3002"),
    `[::ffff:${address}]`,
    `[::ffff:${hex(a * 256 + b)}:${hex(c * 256 + d)}]`,
    `[64:ff9b::${hex(a * 256 + b)}:${hex(c * 256 + d)}]`,
    `[::${hex(a * 256 + b)}:${hex(c * 256 + d)}]`,
  ];
}

/** 500 ways to name an address that must not be dialled. */
function forbiddenHosts(): string[] {
  const rng = seededRng(23);
  const hosts = RANGES.flatMap((range) => addressesIn(range, rng, 1).flatMap(spellingsOf));
  hosts.push(...spellingsOf("127.0.0.1"), ...IPV6.map((address) => `[${address}]`));
  hosts.push(...["localhost", "LOCALHOST", "localhost.", "LocalHost.", "127.1", "0", "0x0", "00"]);
  hosts.push("[::1%25lo]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "127.0.0.1@example.org");
  return [...new Set(hosts)];
}

Deno.test("G23: of 500 ways to name a forbidden address none is dialled, whoever says it", async () => {
  await using listener = await countingListener();
  using asking = client();
  const { port } = listener;
  const hosts = forbiddenHosts();
  const refusals = new Map<string, number>();
  const note = (kind: string, host: string) => {
    assert.ok(["forbidden_address", "unresolved", "no name"].includes(kind), `${host}: ${kind}`);
    refusals.set(kind, (refusals.get(kind) ?? 0) + 1);
  };
  const rebinds: { address?: string } = {};
  await using previews = await previewSite([port], {
    resolveHost: (host) => {
      const { address } = rebinds;
      if (address === undefined) return resolveHost(host);
      return Promise.resolve([{ address, family: address.includes(":") ? 6 : 4 }]);
    },
  });
  let evil: ServerName;
  for (const host of hosts) {
    // As a link in a message, as the picture of a page, and as what either leads to.
    const link = `http://${host}:${port}/`;
    const direct = URL.canParse(link)
      ? [await previews.page(link), await previews.picture(link)]
      : [];
    for (const kind of [...direct, await previews.ledTo(link)]) note(kind, host);
    // As the name of a server.
    const name = parseServerName(`${host}:${port}`);
    if (name === undefined) note("no name", host);
    else {
      const direct = new ServerResolver({
        documents: asking,
        clock: systemClock,
        testPeers: new Map(),
      });
      note(await kindOf(direct.resolve(name)), host);
    }
    // As the place that a server's document names.
    evil = serverName("evil.example");
    const document = { server: evil, host, port, trial: false };
    const delegating = new ServerResolver({
      documents: {
        get: () =>
          Promise.resolve({
            status: 200,
            body: new TextEncoder().encode(JSON.stringify(document)),
          }),
      },
      clock: systemClock,
      testPeers: new Map(),
    });
    const place = await delegating.resolve(evil);
    if (place.host === "evil.example") note("no name", host);
    else note(await kindOf(asking.get(place, "/.well-known/openguild/keys", BOUNDS)), host);
  }
  // As what a name server answers, once or always.
  const rng = seededRng(24);
  const answers = [...RANGES.flatMap((range) => addressesIn(range, rng, 3)), ...IPV6];
  for (const address of answers) {
    let asked = 0;
    using rebound = client({
      resolveHost: () => {
        asked++;
        return Promise.resolve([{ address, family: address.includes(":") ? 6 : 4 }]);
      },
    });
    const at: Endpoint = { scheme: "https", host: "rebind.example", port, named: false };
    note(await kindOf(rebound.get(at, "/", BOUNDS)), address);
    assert.equal(asked, 1, "nothing is resolved a second time");
    rebinds.address = address;
    const link = `http://rebind.example:${port}/`;
    const kinds = [
      await previews.page(link),
      await previews.picture(link),
      await previews.ledTo(link),
    ];
    for (const kind of kinds) note(kind, address);
    assert.ok(addressRefusal(address));
  }
  assert.ok(hosts.length + answers.length >= 500, `${hosts.length} + ${answers.length}`);
  assert.equal(listener.connections, 0);
  assert.ok((refusals.get("forbidden_address") ?? 0) > 300, JSON.stringify([...refusals]));
  // Positive control: the place that a configuration names is dialled.
  const named: Endpoint = { scheme: "http", host: "127.0.0.1", port, named: true };
  assert.equal(await kindOf(asking.get(named, "/", BOUNDS)), "unreachable");
  assert.equal(listener.connections, 1);
});

Deno.test("ordinary addresses pass; a mixed answer is dialled only where it may be", () => {
  for (
    const address of [
      "1.1.1.1",
      "9.255.255.255",
      "11.0.0.0",
      "126.1.1.1",
      "172.15.0.1",
      "172.32.0.1",
      "192.167.1.1",
      "223.255.255.255",
      "2606:4700::1111",
      "2a00::1",
    ]
  ) {
    assert.equal(addressRefusal(address), undefined, address);
  }
  for (
    const text of [
      "",
      "localhost",
      "1.2.3",
      "1.2.3.4.5",
      "01.2.3.4",
      "256.1.1.1",
      "::g",
      "fe80::1%lo",
    ]
  ) {
    assert.ok(addressRefusal(text), text);
  }
});
