import assert from "node:assert/strict";
import type { Clock } from "../core/ports/clock.ts";
import { HttpClient } from "../server/federation/http_client.ts";
import { resolveHost } from "../server/federation/resolve_host.ts";
import { PreviewClient } from "../server/services/previews/preview_client.ts";
import { pictureKey, PreviewFinder } from "../server/services/previews/preview_finder.ts";
import { PREVIEW_LIMITS } from "../server/services/previews/preview_limits.ts";
import { cleanPreviews } from "../server/services/previews/preview_rows.ts";
import { sweepOrphans } from "../server/services/media/sweep_orphans.ts";
import { systemClock } from "../server/system/clock.ts";
import { filesBelow, openTestMedia } from "./harness/media.ts";
import { endless, html, type Page, startPageServer } from "./harness/page_server.ts";
import { indexOf, jpegWithGps, png, pngBomb, sample, SECRET_CAMERA } from "./harness/pictures.ts";

const picture = (bytes: Uint8Array, type = "image/png"): Page => () =>
  new Response(new Uint8Array(bytes), { headers: { "content-type": type } });
const titled = (title: string, more = "") =>
  html(`<meta property="og:title" content="${title}">${more}`);
const pictured = (src: string): Page => () =>
  titled("Page", `<meta property="og:image" content="${src}">`);
const leads = (to: string): Page => () =>
  new Response(null, { status: 302, headers: { location: to } });
const stream = (body: BodyInit) => new Response(body, { headers: { "content-type": "text/html" } });

/** Everything that a page can name; one picture of it is asked for. */
const NAMING = `<meta property="og:site_name" content="The Garden">
  <meta property="og:description" content="All about &lt;leaves&gt;">
  <meta property="og:image" content="/wide.png"><meta property="og:image:alt" content="A bed">
  <meta property="og:image" content="/second.png"><meta name="twitter:image" content="/third.png">
  <link rel="alternate" type="application/json+oembed" href="/oembed">
  <link rel="icon" href="/favicon.ico"><script src="/script.js"></script>
  <iframe src="/naming"></iframe><meta http-equiv="refresh" content="0;url=/refresh">`;

/** A busy machine is slow, not broken: no time is over here. */
const PATIENT: Clock = {
  now: () => systemClock.now(),
  monotonic: () => 0,
  sleep: (_ms, signal) => systemClock.sleep(3_600_000, signal),
};

/** What finds previews, with the media part of a server, and a web beside it. */
async function openFinder(pages: Readonly<Record<string, Page>>) {
  await using stack = new AsyncDisposableStack();
  const test = stack.use(await openTestMedia());
  const web = stack.use(startPageServer(pages));
  const http = stack.use(
    new HttpClient({ clock: PATIENT, resolveHost, minTls: "TLSv1.2", plainHttp: true }),
  );
  const rules = {
    trusted: new Set([web.origin]),
    ports: new Set([80, 443]),
    denied: ["denied.example"],
    own: new Set(["own.example"]),
  };
  const client = new PreviewClient({ http, clock: PATIENT, rules, userAgent: "test" });
  const deps = { ...test.deps, client, meter: { previewed: () => {} } };
  const finder = new PreviewFinder(deps);
  /** Of another process. */
  const other = new PreviewFinder(deps);
  const { sql } = test.deps;
  let ids = 0;
  const find = async (address: string) => {
    const url = new URL(address, web.origin);
    await sql`
      insert into link_previews (preview_id, url, asking_until, used_ts)
      values (${`p${ids++}`}, ${url.href}, 0, ${systemClock.now()}) on conflict do nothing`;
    const outcome = await finder.find(url);
    const [row] = await sql`select * from link_previews where url = ${url.href}`;
    return { outcome, row: row ?? {} };
  };
  const owned = stack.move();
  return {
    test,
    web,
    finder,
    other,
    sql,
    find,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

Deno.test("G24: previews of pages, hostile ones too: bounded, and nobody is led inside", async (t) => {
  let came = 0;
  const inside = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => undefined }, () => {
    came++;
    return titled("Inside");
  });
  await using _ended = { [Symbol.asyncDispose]: () => inside.shutdown() };
  const within = `http://127.0.0.1:${inside.addr.port}`;
  const streams = [endless("<title>Endless</title>", " "), endless("<head>", " ")] as const;
  await using opened = await openFinder({
    "/naming": () => titled("Leaves", NAMING),
    "/wide.png": picture(png(700, 350)),
    "/moving": pictured("/moving.webp"),
    "/moving.webp": picture(sample("animatedWebp"), "image/webp"),
    "/camera": pictured("/camera.jpg"),
    "/camera.jpg": picture(jpegWithGps(), "image/jpeg"),
    "/endless": () => stream(streams[0].body),
    "/endless-head": () => stream(streams[1].body),
    "/loop": leads("/loop"),
    "/inside": leads(within),
    "/metadata": leads("http://169.254.169.254/latest/meta-data/"),
    "/file": leads("file:///etc/passwd"),
    "/script": leads("javascript:alert(1)"),
    "/nowhere": leads("http://"),
    "/own": leads("http://own.example/"),
    "/denied": leads("http://a.denied.example/"),
    "/secret": leads("http://user:word@web.example/"),
    "/json": () => Response.json({ title: "no page" }),
    "/none": () => new Response(null),
    "/packed": packed,
    "/broken": () => html("<title>Error</title>", { status: 500 }),
    "/untitled": () => html(`<meta name="description" content="nothing">`),
    "/plain": () =>
      new Response(Uint8Array.from([..."<title>Gr\xfcn</title>"], (c) => c.charCodeAt(0)), {
        headers: { "content-type": "text/html; charset=iso-8859-1" },
      }),
    "/led": leads("/led2"),
    "/led2": leads("/plain"),
    "/turning": () => titled("&#x202e;fdp.exe&#x202c; \u2066x"),
    "/with-inside": pictured(`${within}/p.png`),
    "/with-script": pictured("javascript:alert(1)"),
    "/with-data": pictured("data:image/png;base64,AAAA"),
    "/with-bomb": pictured("/bomb.png"),
    "/bomb.png": picture(pngBomb(30_000, 30_000)),
    "/with-drawing": pictured("/drawing.svg"),
    "/drawing.svg": picture(
      new TextEncoder().encode(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`),
      "image/svg+xml",
    ),
    "/with-cut": pictured("/cut.png"),
    "/cut.png": picture(png(700, 350).slice(0, 300)),
    "/with-page": pictured("/plain"),
    "/with-endless": pictured("/endless.png"),
    "/endless.png": () =>
      new Response(endless("\x89PNG\r\n", "x").body, { headers: { "content-type": "image/png" } }),
  });
  const { test, web, sql, finder, other, find } = opened;

  await t.step("A26: of all that a page names one picture is asked for", async () => {
    const { outcome, row } = await find("/naming");
    assert.equal(outcome, "found");
    assert.deepEqual(
      [row["title"], row["site"], row["description"], row["picture_alt"]],
      ["Leaves", "The Garden", "All about <leaves>", "A bed"],
    );
    assert.deepEqual([row["picture_width"], row["picture_height"]], [400, 200]);
    assert.deepEqual(web.asked.map(({ path }) => path), ["/naming", "/wide.png"]);
  });

  await t.step("a still, a WebP, without what the camera wrote", async () => {
    for (const path of ["/moving", "/camera"]) {
      const { row } = await find(path);
      assert.ok(row["picture_size"] > 0, path);
      const stored = await test.deps.blobs.get(pictureKey(row["blob_prefix"]));
      const bytes = await new Response(stored).bytes();
      assert.equal(bytes.length, row["picture_size"]);
      assert.equal(new TextDecoder("latin1").decode(bytes.slice(8, 12)), "WEBP");
      assert.equal(indexOf(bytes, SECRET_CAMERA), -1);
      // The chunk by which a WebP moves.
      assert.equal(indexOf(bytes, "ANIM"), -1);
    }
    assert.deepEqual(await filesBelow(test.spoolFolder), []);
  });

  await t.step("it is asked for again when it is old, and the former picture goes", async () => {
    assert.equal((await find("/camera")).outcome, "known");
    assert.equal(web.count("/camera"), 1);
    const former = (await find("/camera")).row["blob_prefix"];
    await sql`update link_previews set fresh_until = 0`;
    const { outcome, row } = await find("/camera");
    assert.equal(outcome, "found");
    assert.notEqual(row["blob_prefix"], former);
    await test.media.jobs.runOnce();
    assert.equal(await test.deps.blobs.head(pictureKey(former)), undefined);
    assert.ok(await test.deps.blobs.head(pictureKey(row["blob_prefix"])));
  });

  await t.step("processes that want a page at one moment ask for it once", async () => {
    await sql`update link_previews set fresh_until = 0`;
    const url = new URL("/moving", web.origin);
    const before = web.count("/moving");
    const outcomes = await Promise.all([finder.find(url), other.find(url), other.find(url)]);
    assert.equal(web.count("/moving"), before + 1);
    assert.equal(outcomes.filter((outcome) => outcome === "found").length, 1);
  });

  await t.step(
    "pictures of previews are nobody's orphans, and end with their previews",
    async () => {
      await test.media.jobs.runOnce();
      const { orphans } = await sweepOrphans(test.deps, { dryRun: true, force: true });
      assert.equal(orphans, 0);
      // No message names any of them.
      await cleanPreviews(sql, { nowMs: systemClock.now(), keptMs: 1e12 });
      await test.media.jobs.runOnce();
      assert.equal((await sql`select 1 from link_previews`).length, 0);
      assert.deepEqual(await filesBelow(test.blobFolder), []);
    },
  );

  await t.step("what leads nowhere, inside, or round and round", async () => {
    for (
      const path of ["/loop", "/inside", "/metadata", "/file", "/script", "/nowhere", "/own"]
        .concat(
          ["/denied", "/secret", "/json", "/none", "/packed", "/broken", "/untitled", "/missing"],
          [`${within}/`, "/endless-head"],
        )
    ) {
      const { outcome, row } = await find(path);
      assert.deepEqual([outcome, row["state"], row["title"]], ["none", "none", null], path);
    }
    assert.equal(web.count("/loop"), PREVIEW_LIMITS.redirects + 1);
  });

  await t.step("what says something, and no more of it than that", async () => {
    for (
      const [path, title] of [
        ["/endless", "Endless"],
        ["/plain", "Grün"],
        ["/led", "Grün"],
        ["/turning", "fdp.exe x"],
        ...["inside", "script", "data", "bomb", "drawing", "cut", "page", "endless"].map((name) =>
          [`/with-${name}`, "Page"] as const
        ),
      ] as const
    ) {
      const { outcome, row } = await find(path);
      assert.deepEqual([outcome, row["title"], row["picture_size"]], ["found", title, null], path);
    }
    for (const { sent } of streams) {
      assert.ok(sent() < PREVIEW_LIMITS.pageBytes * 8, `${sent()} bytes were taken`);
    }
    assert.deepEqual(await filesBelow(test.spoolFolder), []);
    assert.deepEqual(await filesBelow(test.blobFolder), []);
  });

  await t.step("nobody went inside; there was something to find", async () => {
    assert.equal(came, 0);
    await (await fetch(within)).body?.cancel();
    assert.equal(came, 1);
  });

  await t.step(
    "what is not reached a second time keeps what it said; what is gone does not",
    async () => {
      const keep = `${web.origin}/plain`;
      await sql`update link_previews set fresh_until = 0, url = ${`${web.origin}/broken?1`} where url = ${keep}`;
      assert.equal(await finder.find(new URL(`${web.origin}/broken?1`)), "none");
      const state = async (url: string) =>
        (await sql`select state from link_previews where url = ${url}`)[0]?.["state"];
      assert.equal(await state(`${web.origin}/broken?1`), "found");
      await sql`
      update link_previews set fresh_until = 0, url = ${`${web.origin}/gone`}
      where url = ${`${web.origin}/broken?1`}`;
      assert.equal(await finder.find(new URL(`${web.origin}/gone`)), "none");
      assert.equal(await state(`${web.origin}/gone`), "none");
    },
  );

  await t.step("one host is asked so often in a while, whoever wants it", async () => {
    const outcomes = new Set<string>();
    for (let i = 0; i < 3 * PREVIEW_LIMITS.hostPages && !outcomes.has("busy"); i++) {
      outcomes.add((await find(`/untitled?${i}`)).outcome);
    }
    assert.deepEqual([...outcomes], ["none", "busy"]);
    const [last] = await sql<{ fresh_until: number }[]>`
      select fresh_until from link_previews where url like '%/untitled?%'
      order by substring(url from '[0-9]+$')::int desc limit 1`;
    assert.ok(last, "what was not asked for waits for no longer than the host's count");
    assert.ok(last.fresh_until <= systemClock.now() + PREVIEW_LIMITS.hostMs);
  });
});

/** Something that is not asked for, and would have no bound. */
function packed(): Response {
  const body = html("<title>Packed</title>").body?.pipeThrough(new CompressionStream("gzip"));
  return new Response(body ?? null, {
    headers: { "content-type": "text/html", "content-encoding": "gzip" },
  });
}
