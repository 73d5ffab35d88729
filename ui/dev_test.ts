import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { Lexer } from "marked";
import { type Metafile, staticImports } from "./dev/metafile.ts";
import { onlyLexer } from "./dev/slim.ts";
import { type AssetManifest, ENGINE_FILE, SEALED_FILE, VOICE_FILE } from "./lib/assets.ts";

/** gzip bytes a page may load before it works (client design, section 5). */
const CHAT_BYTES = 90 * 1024;
const STYLE_BYTES = 20 * 1024;
/** The worker of encryption, fetched when something is encrypted: what reads and writes in groups. */
const ENGINE_BYTES = 45 * 1024;
/**
 * With what it fetches later: joining and changing groups, backup, verification, search, calls,
 * history that is shared. Some functions of ts-mls are there twice, so that it starts with less.
 */
const ENGINE_PARTS_BYTES = 117 * 1024;
/** What the service worker opens encrypted messages with: as much of the engine as that takes. */
const SEALED_BYTES = 72 * 1024;
/** What a call starts with: its script, its panel, and the worker of its frames. */
const VOICE_BYTES = 20 * 1024;
/** With what it fetches later: its dialogs, and the stage where screens and cameras are watched. */
const VOICE_PARTS_BYTES = 25 * 1024;

/** Fetched when it is first needed. */
const LAZY = [
  "marked.esm",
  "MarkdownText",
  "overlays/",
  "EmojiPicker",
  "ufuzzy",
  "ui/lib/e2ee/",
  "ui/lib/voice/",
];
/** Has no business in the first load of the chat, whether or not the build has it. */
const NEVER = [
  "zod",
  "emojibase",
  "highlight.js",
  "uplot",
  "/SettingsPage",
  "/GuildSettings",
  "routes/",
  "components/admin/",
  "components/settings/",
];

const out = new URL("./_fresh/", import.meta.url).pathname;
const readManifest = async () =>
  JSON.parse(await Deno.readTextFile(`${out}manifest.json`)) as AssetManifest;

async function gzipSize(manifest: AssetManifest, url: string): Promise<number> {
  const file = manifest.files.find((entry) => entry.url === url)?.file;
  assert.ok(file, `${url} is not served`);
  return gzipSync(await Deno.readFile(out + file), { level: 9 }).length;
}

Deno.test("the chat page loads no more script and style than its budget", async () => {
  const manifest = await readManifest();
  const island = manifest.islands["ChatApp"];
  assert.ok(island);
  const urls = new Set([island.boot, island.url, ...island.preload]);
  let total = 0;
  for (const url of urls) total += await gzipSize(manifest, url);
  assert.ok(total <= CHAT_BYTES, `${total} bytes of script`);
  let styles = 0;
  for (const url of manifest.styles) styles += await gzipSize(manifest, url);
  assert.ok(styles <= STYLE_BYTES, `${styles} bytes of style`);
});

Deno.test("no file is listed twice: a service worker that is to keep one twice is refused", async () => {
  const urls = (await readManifest()).files.map(({ url }) => url);
  assert.deepEqual(urls.filter((url, at) => urls.indexOf(url) !== at), []);
});

Deno.test("the encryption starts with one script of its own, which its worker's imports, and all of it has its budget", async () => {
  const manifest = await readManifest();
  const url = manifest.data[ENGINE_FILE];
  assert.ok(url);
  const textOf = (asked: string) =>
    Deno.readTextFile(out + (manifest.files.find(({ url }) => url === asked)?.file ?? ""));
  const first = /^import"\.(\/e2ee-first-[0-9A-Z]{8}\.js)";$/.exec(await textOf(url))?.[1];
  assert.ok(first, "the worker's own script imports another and does nothing else");
  const size = await gzipSize(manifest, url) + await gzipSize(manifest, `/assets${first}`);
  assert.ok(size <= ENGINE_BYTES, `${size} bytes of script`);
  const names = manifest.engineParts.map((part) => part.replace("/assets/", "./"));
  let total = await gzipSize(manifest, url);
  for (const part of manifest.engineParts) total += await gzipSize(manifest, part);
  assert.ok(total <= ENGINE_PARTS_BYTES, `${total} bytes of script`);
  const script = await textOf(`/assets${first}`);
  // It starts alone, and what it fetches later is its own parts, by their names.
  assert.doesNotMatch(script, /\bimportScripts\b|\bimport\s*["{*]/);
  const fetched = [...script.matchAll(/\bimport\s*\(([^)]*)\)/g)].map(([, found]) => found);
  assert.ok(fetched.length >= 8, `${fetched.length} parts`);
  assert.deepEqual(fetched.filter((found) => !names.includes(JSON.parse(found ?? ""))), []);
});

Deno.test("the service worker opens encrypted messages with one script, which its build keeps for it", async () => {
  const manifest = await readManifest();
  const url = manifest.data[SEALED_FILE] ?? "";
  const size = await gzipSize(manifest, url);
  assert.ok(size <= SEALED_BYTES, `${size} bytes of script`);
  const file = manifest.files.find((entry) => entry.url === url)?.file ?? "";
  // All that it may need is in it: a service worker fetches no scripts later.
  assert.doesNotMatch(await Deno.readTextFile(out + file), /\bimport\s*[("{*]/);
  const worker = await Deno.readTextFile(`${out}client/sw.js`);
  assert.ok(worker.includes(url), "the worker knows it");
  // The browser keeps it beside the worker: in its cache it would lie twice.
  const listed = `"/assets/[^"]+","${url}"|"${url}","/assets/`;
  assert.doesNotMatch(worker, new RegExp(listed));
});

Deno.test("a call comes with the first one, within its budget", async () => {
  const manifest = await readManifest();
  const metafile = JSON.parse(await Deno.readTextFile(`${out}metafile.json`)) as Metafile;
  const island = manifest.islands["ChatApp"];
  const first = new Set([island?.boot, island?.url, ...island?.preload ?? []]);
  const sizeOf = async (entries: RegExp) => {
    const urls = new Set([manifest.data[VOICE_FILE]]);
    for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
      if (!entries.test(entryPoint ?? "")) continue;
      for (const path of [output, ...staticImports(metafile, output)]) {
        urls.add(`/assets/${path.slice(path.lastIndexOf("/") + 1)}`);
      }
    }
    const own = [...urls].filter((url) => url !== undefined && !first.has(url));
    assert.ok(own.length >= 3, `${own.length} scripts`);
    let total = 0;
    for (const url of own) total += await gzipSize(manifest, url ?? "");
    return total;
  };
  const start = await sizeOf(/^ui\/(lib\/voice\/call|components\/voice\/CallPanel)\.tsx?$/);
  assert.ok(start <= VOICE_BYTES, `${start} bytes of script`);
  const all = await sizeOf(/^ui\/(lib\/voice\/call\.ts|components\/voice\/.*)$/);
  assert.ok(all > start && all <= VOICE_PARTS_BYTES, `${all} bytes of script`);
});

Deno.test("what is needed later is not part of the first load", async () => {
  const manifest = await readManifest();
  const island = manifest.islands["ChatApp"];
  const metafile = JSON.parse(await Deno.readTextFile(`${out}metafile.json`)) as {
    outputs: Record<string, { inputs: Record<string, unknown> }>;
  };
  const first = new Set(
    [island?.url, ...island?.preload ?? []].map((url) => url?.replace("/assets/", "")),
  );
  const loaded = Object.entries(metafile.outputs)
    .filter(([path]) => first.has(path.slice(path.lastIndexOf("/") + 1)))
    .flatMap(([, output]) => Object.keys(output.inputs));
  assert.ok(loaded.includes("ui/islands/ChatApp.tsx"));
  const all = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  for (const lazy of LAZY) {
    assert.ok(all.some((input) => input.includes(lazy)), `${lazy} is not in the build any more`);
  }
  for (const lazy of [...LAZY, ...NEVER]) {
    assert.deepEqual(loaded.filter((input) => input.includes(lazy)), [], lazy);
  }
});

Deno.test("what islands import stays in the browser: no server code, one Preact", async () => {
  const metafile = JSON.parse(await Deno.readTextFile(`${out}metafile.json`)) as Metafile;
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.keys(output.inputs));
  assert.deepEqual(inputs.filter((input) => /^(server|tests|scripts)\//.test(input)), []);
  const preacts = new Set(
    inputs.map((input) => /\/(preact@[^/]+)\//.exec(input)?.[1])
      .filter((name) => name !== undefined),
  );
  assert.equal(preacts.size, 1);
});

Deno.test("the browser's lexer reads as marked's does, without what writes HTML", async () => {
  const esbuild = await import("esbuild");
  const { outputFiles } = await esbuild.build({
    stdin: { contents: 'export { Lexer } from "marked";', resolveDir: import.meta.dirname ?? "" },
    bundle: true,
    format: "esm",
    write: false,
    plugins: [onlyLexer()],
  });
  await esbuild.stop();
  const script = outputFiles[0]?.text ?? "";
  assert.doesNotMatch(script, /<thead>|parseInline/);
  const own = await import(`data:text/javascript,${encodeURIComponent(script)}`);
  const text = "# Head\n> *a* **b** ~~c~~ `d` https://x.org [l](https://y.org)\n\n- [x] e\n- f\n" +
    "\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```ts\ncode\n```\n&amp; <b>html</b>\n---\n";
  for (const breaks of [true, false]) {
    const [read, asMarked] = [own.Lexer, Lexer].map((each) =>
      each.lex(text, { gfm: true, breaks })
    );
    assert.deepEqual(read, asMarked);
  }
});
