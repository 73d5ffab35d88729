import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { packPage } from "./pack_page.ts";

const HTML = `<!DOCTYPE html><p>${"Beans want water. ".repeat(400)}</p>`;
const page = (html = HTML, type = "text/html; charset=utf-8") =>
  new Response(html, { status: 404, headers: { "content-type": type, "x-own": "kept" } });
const asking = (encoding: string | undefined, method = "GET") =>
  new Request("http://one.test/", {
    method,
    headers: encoding === undefined ? {} : { "accept-encoding": encoding },
  });

Deno.test("a page goes out packed, whole, with its status and headers", async () => {
  const packed = await packPage(page(), asking("br, gzip"), "filler");
  const bytes = new Uint8Array(await packed.arrayBuffer());
  assert.equal(packed.status, 404);
  assert.equal(packed.headers.get("content-encoding"), "gzip");
  assert.equal(packed.headers.get("content-length"), String(bytes.length));
  assert.equal(packed.headers.get("x-own"), "kept");
  assert.match(packed.headers.get("vary") ?? "", /accept-encoding/);
  assert.ok(bytes.length < HTML.length / 8);
  assert.ok(gunzipSync(bytes).toString().startsWith(HTML));
});

Deno.test("the length varies with a filler that nobody knows", async () => {
  const lengths = new Set<string | null>();
  for (const filler of ["Zq8vTnW3hX5rJ2bK", "k7Lm9QwEcR4tYuV1", "aB3dF6gH8jK0lMnP"]) {
    lengths.add((await packPage(page(), asking("gzip"), filler)).headers.get("content-length"));
  }
  assert.ok(lengths.size > 1, [...lengths].join());
});

Deno.test("what is no page, small, only asked about, or for whom cannot unpack it stays as it is", async () => {
  for (
    const [from, request] of [
      [page(), asking(undefined)],
      [page(), asking("br")],
      [page("<p>Small</p>"), asking("gzip")],
      [page(HTML, "application/json"), asking("gzip")],
    ] as const
  ) {
    const length = Number((await from.clone().arrayBuffer()).byteLength);
    const answer = await packPage(from, request, "filler");
    assert.equal(answer.headers.get("content-encoding"), null);
    assert.equal((await answer.arrayBuffer()).byteLength, length);
  }
  const head = await packPage(page(), asking("gzip", "HEAD"), "filler");
  assert.equal(head.headers.get("content-encoding"), null);
});
