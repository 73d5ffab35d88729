import assert from "node:assert/strict";
import { connect } from "node:net";
import type { ChannelId } from "../../../../core/ids/channel_id.ts";
import type { EventId } from "../../../../core/ids/event_id.ts";
import type { MediaUri } from "../../../../core/ids/media_uri.ts";
import type { RoomId } from "../../../../core/ids/room_id.ts";
import type { UserId } from "../../../../core/ids/user_id.ts";
import type { MediaUse } from "../../../services/media/media_use.ts";
import { claimMedia } from "../../../services/media/claim_media.ts";
import { systemClock } from "../../../system/clock.ts";
import { systemRng } from "../../../system/rng.ts";
import {
  ALICE,
  BOB,
  filesBelow,
  openTestMedia,
  TEST_SERVER,
  type TestMedia,
} from "../../../../tests/harness/media.ts";
import { jpegWithGps, png, sample } from "../../../../tests/harness/pictures.ts";
import { waitFor } from "../../../../tests/harness/wait_for.ts";
import { createApp } from "../../app.ts";
import type { Caller } from "../../caller.ts";
import { Listener } from "../../listener.ts";
import { TrustedProxies } from "../../proxy.ts";
import { mediaRoutes } from "./routes.ts";

interface Served extends AsyncDisposable {
  readonly test: TestMedia;
  readonly origin: string;
  readonly port: number;
}

const USERS: Readonly<Record<string, UserId>> = { alice: ALICE, bob: BOB, root: ALICE };

/** The media routes behind the real listener. Bob may read nothing. */
async function serve(settings: Parameters<typeof openTestMedia>[0] = {}): Promise<Served> {
  const test = await openTestMedia(settings);
  const caller = (token: string): Caller | undefined => {
    const userId = USERS[token];
    if (userId === undefined) return undefined;
    const admin = token === "root";
    return { userId, sessionId: token, admin, suspended: false, confirmedUntil: 2 ** 50 };
  };
  const app = createApp({
    routes: mediaRoutes(test.deps, { mayView: (user) => Promise.resolve(user === ALICE) }),
    clock: systemClock,
    rng: systemRng,
    log: test.log,
    origins: [],
    rates: {
      address: { name: "address", quota: 0, windowMs: 1000 },
      user: { name: "user", quota: 0, windowMs: 1000 },
    },
    rateKeyCount: 10,
    checkResults: true,
    authenticate: ({ bearer }) => Promise.resolve(caller(bearer ?? "")),
  });
  const listener = await Listener.open({
    app,
    proxies: new TrustedProxies([]),
    clock: systemClock,
    log: test.log,
    upgrades: new Map(),
  }, {
    host: "127.0.0.1",
    port: 0,
    headerMs: 20_000,
    stallMs: 20_000,
    idleMs: 20_000,
    connectionCount: 100,
    connectionsPerAddress: 100,
  });
  return {
    test,
    port: listener.port,
    origin: `http://127.0.0.1:${listener.port}`,
    async [Symbol.asyncDispose]() {
      await listener.stop();
      await test[Symbol.asyncDispose]();
    },
  };
}

async function put(
  served: Served,
  bytes: Uint8Array,
  query: Record<string, string> = {},
  who = "alice",
): Promise<Response> {
  return await fetch(`${served.origin}/client/v1/media/upload?${new URLSearchParams(query)}`, {
    method: "PUT",
    headers: { authorization: `Bearer ${who}`, "content-type": "text/html" },
    body: bytes.slice(),
  });
}

/** Uploads and answers the address of the file. */
async function uploaded(
  served: Served,
  bytes: Uint8Array,
  query: Record<string, string> = {},
): Promise<string> {
  const response = await put(served, bytes, query);
  const media = await response.json();
  assert.equal(response.status, 200, JSON.stringify(media));
  return `${served.origin}/client/v1/media/${media.uri.slice("mxc://".length)}`;
}

async function get(
  url: string,
  headers: Record<string, string> = {},
  options: { who?: string; method?: string } = {},
): Promise<{ status: number; headers: Headers; bytes: Uint8Array }> {
  const response = await fetch(url, {
    method: options.method ?? "GET",
    headers: { authorization: `Bearer ${options.who ?? "alice"}`, ...headers },
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes };
}

const TEXT = new TextEncoder().encode("0123456789".repeat(1000));

Deno.test("media over HTTP", async (t) => {
  await using served = await serve();

  await t.step("upload, then download, with a name in both spellings", async () => {
    const url = await uploaded(served, TEXT, { filename: "Grüße.txt" });
    const answer = await get(url);
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.bytes, TEXT);
    assert.equal(answer.headers.get("content-length"), "10000");
    assert.equal(answer.headers.get("content-type"), "application/octet-stream");
    assert.equal(
      answer.headers.get("content-disposition"),
      "attachment; filename=\"Gr__e.txt\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt",
    );
    assert.equal((await put(served, TEXT, {}, "nobody")).status, 401);
  });

  await t.step("ranges", async () => {
    const url = await uploaded(served, TEXT);
    const etag = (await get(url)).headers.get("etag") ?? "";
    const cases: [Record<string, string>, number, string | null, number][] = [
      [{ range: "bytes=0-0" }, 206, "bytes 0-0/10000", 1],
      [{ range: "bytes=9990-" }, 206, "bytes 9990-9999/10000", 10],
      [{ range: "bytes=-5" }, 206, "bytes 9995-9999/10000", 5],
      [{ range: "bytes=-50000" }, 206, "bytes 0-9999/10000", 10_000],
      [{ range: "BYTES=5-99999" }, 206, "bytes 5-9999/10000", 9995],
      [{ range: "bytes=10000-" }, 416, "bytes */10000", -1],
      [{ range: "bytes=-0" }, 416, "bytes */10000", -1],
      [{ range: "bytes=0-1,5-6" }, 200, null, 10_000],
      [{ range: "bytes=9-5" }, 200, null, 10_000],
      [{ range: "lines=0-1" }, 200, null, 10_000],
      [{ range: "bytes=-" }, 200, null, 10_000],
      [{ range: "bytes=0-4", "if-range": etag }, 206, "bytes 0-4/10000", 5],
      [{ range: "bytes=0-4", "if-range": '"other"' }, 200, null, 10_000],
      [{ range: `bytes=${"9".repeat(40)}-` }, 200, null, 10_000],
    ];
    for (const [headers, status, contentRange, length] of cases) {
      const answer = await get(url, headers);
      const name = JSON.stringify(headers);
      assert.equal(answer.status, status, name);
      assert.equal(answer.headers.get("content-range"), contentRange, name);
      if (length >= 0) assert.equal(answer.bytes.length, length, name);
    }
    const part = await get(url, { range: "bytes=13-17" });
    assert.equal(new TextDecoder().decode(part.bytes), "34567");
  });

  await t.step("a copy that is still good is not sent again; HEAD sends no bytes", async () => {
    const url = await uploaded(served, TEXT);
    const first = await get(url);
    const etag = first.headers.get("etag") ?? "";
    assert.match(etag, /^"[1-9A-Za-z]+"$/);
    for (const header of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const answer = await get(url, { "if-none-match": header });
      assert.deepEqual([answer.status, answer.bytes.length], [304, 0]);
      assert.match(answer.headers.get("content-security-policy") ?? "", /^sandbox;/);
    }
    assert.equal((await get(url, { "if-none-match": '"other"' })).status, 200);
    const before = served.test.media.counters.get("downloaded_bytes");
    const head = await get(url, {}, { method: "HEAD" });
    assert.deepEqual([head.status, head.bytes.length], [200, 0]);
    assert.equal(head.headers.get("content-length"), "10000");
    assert.equal(head.headers.get("etag"), etag);
    assert.equal(served.test.media.counters.get("downloaded_bytes"), before);
  });

  await t.step("pictures are shown in place and have small versions", async () => {
    const url = await uploaded(served, png(1500, 300), { filename: "wide.png" });
    const answer = await get(url);
    assert.equal(answer.headers.get("content-type"), "image/png");
    assert.match(answer.headers.get("content-disposition") ?? "", /^inline; filename="wide.png"/);
    const saved = await get(`${url}?download=1`);
    assert.match(saved.headers.get("content-disposition") ?? "", /^attachment;/);
    assert.equal(saved.headers.get("content-type"), "application/octet-stream");
    const sizes: [number, number, number][] = [[50, 50, 96], [96, 96, 96], [97, 97, 400], [
      1024,
      20,
      400,
    ], [2000, 2000, 1024]];
    for (const [width, height, expected] of sizes) {
      const small = await get(`${url}/thumbnail?width=${width}&height=${height}`);
      assert.equal(small.headers.get("content-type"), "image/webp");
      const data = new DataView(small.bytes.buffer);
      assert.equal(data.getUint16(26, true) & 0x3fff, expected, `${width}x${height}`);
    }
    const tiny = await uploaded(served, sample("jpeg"));
    const own = await get(`${tiny}/thumbnail?width=600&height=600`);
    assert.deepEqual(own.bytes, sample("jpeg"));
    const text = await uploaded(served, TEXT);
    assert.equal((await get(`${text}/thumbnail?width=1&height=1`)).status, 404);
    assert.equal((await get(`${url}/thumbnail?width=0&height=1`)).status, 400);
    assert.equal((await get(`${url}/thumbnail`)).status, 400);
  });

  await t.step("forbidden and absent answer in the same bytes", async () => {
    const url = await uploaded(served, TEXT);
    const normal = (bytes: Uint8Array, id: string) =>
      new TextDecoder().decode(bytes).replaceAll(id, "ID").replace(/"request_id":"[^"]*"/, "");
    const id = url.split("/").at(-1) ?? "";
    const absentId = `${id.slice(0, -2)}zz`;
    for (const path of ["", "/thumbnail?width=9&height=9"]) {
      const forbidden = await get(url + path, {}, { who: "bob" });
      const absent = await get(url.replace(id, absentId) + path, {}, { who: "bob" });
      assert.deepEqual([forbidden.status, absent.status], [404, 404]);
      assert.equal(normal(forbidden.bytes, id), normal(absent.bytes, absentId));
      assert.equal((await get(url + path, {}, { who: "nobody" })).status, 404);
    }
    assert.equal((await get(url, {}, { who: "bob", method: "DELETE" })).status, 404);
    for (const place of ["og.test/..%2F..%2Fetc%2Fpasswd", "other.test/abc", "%00/%00"]) {
      assert.equal((await get(`${served.origin}/client/v1/media/${place}`)).status, 404, place);
    }
  });

  await t.step("a message's file is for its readers, a guild's icon for everybody", async () => {
    const claim = async (url: string, use: MediaUse) => {
      const uri = `mxc://${url.split("/").slice(-2).join("/")}` as MediaUri;
      const { sql, clock } = served.test.deps;
      await sql.begin((tx) =>
        claimMedia(tx, {
          serverName: TEST_SERVER,
          uris: [uri],
          owner: ALICE,
          use,
          nowMs: clock.now(),
        })
      );
    };
    const roomId = "!r" as RoomId;
    const file = await uploaded(served, TEXT);
    const channelId = "c" as ChannelId;
    await claim(file, { kind: "event", subject: "$e" as EventId, roomId, channelId });
    const icon = await uploaded(served, png(9, 9), { purpose: "icon" });
    await claim(icon, { kind: "icon", subject: roomId, roomId });
    const status = async (url: string, who: string) => (await get(url, {}, { who })).status;
    assert.deepEqual(
      [await status(file, "alice"), await status(file, "bob"), await status(file, "nobody")],
      [200, 404, 404],
    );
    assert.equal(await status(icon, "nobody"), 200);
    assert.equal((await get(file, {}, { method: "DELETE" })).status, 409);
  });

  await t.step("usage, deletion, and the administrator's view", async () => {
    const url = await uploaded(served, TEXT);
    const usage = async () =>
      JSON.parse(
        new TextDecoder().decode((await get(`${served.origin}/client/v1/media/usage`)).bytes),
      );
    const before = await usage();
    assert.equal((await get(url, {}, { method: "DELETE" })).status, 200);
    assert.equal((await usage()).bytes, before.bytes - TEXT.length);
    assert.equal((await get(url)).status, 404);
    const admin = `${served.origin}/client/v1/admin/media`;
    assert.equal((await get(`${admin}/usage`)).status, 403);
    const report = await get(`${admin}/usage`, {}, { who: "root" });
    assert.equal(JSON.parse(new TextDecoder().decode(report.bytes)).users[0].user_id, ALICE);
    const purge = async (body: object, who: string) =>
      (await fetch(`${admin}/purge`, {
        method: "POST",
        headers: { authorization: `Bearer ${who}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      })).json();
    assert.equal((await purge({ unused: true }, "alice")).error.code, "forbidden");
    assert.equal((await purge({}, "root")).error.code, "invalid");
    const purged = await purge({ user_id: ALICE }, "root");
    assert.ok(purged.files > 0);
    assert.equal((await usage()).files, 0);
    await served.test.media.jobs.runOnce();
    assert.deepEqual(filesBelow(served.test.blobFolder), []);
  });
});

Deno.test("nothing that is uploaded can run in the origin", async (t) => {
  await using served = await serve();
  const script = "<script>document.title='owned'</script>";
  const hostile: [string, Uint8Array, string][] = [
    ["page", new TextEncoder().encode(`<!doctype html>${script}`), "index.html"],
    [
      "SVG",
      new TextEncoder().encode(`<svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`),
      "a.svg",
    ],
    [
      "XHTML",
      new TextEncoder().encode(
        `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">${script}</html>`,
      ),
      "a.xhtml",
    ],
    ["GIF and script", new TextEncoder().encode(`GIF89a/*${script}*/=1`), "a.js"],
    ["UTF-7", new TextEncoder().encode("+ADw-script+AD4-alert(1)+ADw-/script+AD4-"), "a.HtMl"],
    [
      "UTF-16",
      new Uint8Array([
        0xff,
        0xfe,
        ...Array.from(`<html>${script}`, (c) => [c.charCodeAt(0), 0]).flat(),
      ]),
      "a.htm",
    ],
    [
      "picture and page",
      new Uint8Array([...png(4, 4), ...new TextEncoder().encode(script)]),
      "a.html",
    ],
    [
      "photograph and page",
      new Uint8Array([...jpegWithGps(), ...new TextEncoder().encode(script)]),
      "a.png",
    ],
    ["PDF", new TextEncoder().encode("%PDF-1.7\n/JS (app.alert(1))"), "a.pdf"],
  ];
  for (const [name, bytes, filename] of hostile) {
    await t.step(name, async () => {
      const url = await uploaded(served, bytes, { filename });
      for (const path of ["", "?download=1"]) {
        const { status, headers, bytes: sent } = await get(url + path);
        assert.equal(status, 200);
        assert.match(
          headers.get("content-type") ?? "",
          /^(application\/octet-stream|image\/(png|jpeg|gif))$/,
        );
        assert.equal(headers.get("x-content-type-options"), "nosniff");
        assert.match(
          headers.get("content-security-policy") ?? "",
          /^sandbox; default-src 'none'/,
        );
        assert.equal(headers.get("cross-origin-resource-policy"), "same-origin");
        assert.equal(
          headers.get("content-type")?.startsWith("image/") === true,
          /^inline/.test(headers.get("content-disposition") ?? ""),
        );
        if (headers.get("content-type")?.startsWith("image/")) {
          assert.ok(!new TextDecoder("latin1").decode(sent).includes("<script"), "polyglot is cut");
        }
      }
    });
  }
});

Deno.test("raw requests that lie about their length store nothing", async () => {
  await using served = await serve({ settings: { maxUpload: 100_000, userQuota: 150_000 } });
  const dial = (head: string, body: Uint8Array, hangUp: boolean) =>
    new Promise<string>((resolve) => {
      const socket = connect({ port: served.port, host: "127.0.0.1" });
      let said = "";
      socket.on("data", (part) => said += part.toString("latin1"));
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(said));
      socket.write(
        `PUT /client/v1/media/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\n` +
          `Connection: close\r\n${head}\r\n\r\n`,
      );
      socket.write(body, () => {
        if (hangUp) socket.destroy();
      });
    });
  const some = new Uint8Array(5000).fill(1);
  assert.match(await dial("Content-Length: 100001", some, false), /"too_large"/);
  assert.match(await dial("X: y", new Uint8Array(), false), /"invalid"/);
  assert.match(await dial("Transfer-Encoding: chunked", some, false), /400|"invalid"/);
  assert.match(await dial("Content-Length: 5\r\nContent-Length: 6", some, false), /400/);
  await dial("Content-Length: 90000", some, true);
  // More than announced is the next request on the wire, never part of the file.
  assert.match(await dial("Content-Length: 10", some, false), /^HTTP\/1\.1 400|"size":10/);
  assert.match(await dial("Content-Length: 10", some.slice(0, 10), false), /"size":10/);
  await waitFor("the half upload to be taken back", async () => {
    const rows = await served.test.deps.sql`select * from media where state = 'uploading'`;
    return rows.length === 0;
  });
  await served.test.media.jobs.runOnce();
  for (const path of filesBelow(served.test.blobFolder)) {
    assert.equal(Deno.statSync(`${served.test.blobFolder}/${path}`).size, 10);
  }
  assert.deepEqual(filesBelow(served.test.spoolFolder), []);
  assert.equal((await put(served, new Uint8Array(99_000).fill(2))).status, 200);
  const over = await put(served, new Uint8Array(99_000).fill(2));
  assert.equal((await over.json()).error.code, "limit_reached");
});
