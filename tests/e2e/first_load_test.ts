/** What a page brings along before it works, and under which policy: seen from its HTML. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { AssetManifest } from "../../ui/lib/assets.ts";
import { staticImports } from "../../ui/dev/metafile.ts";
import { snapshot } from "../../ui/snapshot.ts";
import { ENGLISH, LANGUAGES } from "../../ui/lib/i18n/languages.ts";
import { contentPolicy } from "../../ui/lib/content_policy.ts";
import { PAGE_ROWS } from "../../ui/lib/store/window.ts";
import { startProcessServer } from "../harness/process_server.ts";
import { makeScene, type Scene, sessionCookie } from "./scene.ts";
import { NO_SCREENS, type ScreenKind, SCREENS, SCREENS_ENV } from "./screens.ts";

/** gzip bytes of script before the page works. */
const SCRIPT_BYTES: Readonly<Record<ScreenKind, number>> = {
  door: 15 * 1024,
  chat: 90 * 1024,
  page: 60 * 1024,
};
/** The chat and what opens it from what is kept, out of the cache. */
const CACHED_SCRIPT_BYTES = 96 * 1024;
const STYLE_BYTES = 20 * 1024;
/** gzip bytes of the HTML itself. */
const HTML_BYTES = 40 * 1024;

const out = new URL("../../ui/_fresh/", import.meta.url).pathname;

Deno.test("each page has its place in the list of screens, and each place its page", () => {
  const files = snapshot.routes.map((route) => route.file);
  const listed = [...Object.keys(SCREENS), ...NO_SCREENS];
  assert.deepEqual(
    files.filter((file) => !listed.includes(file)),
    [],
    "Pages that tests/e2e/screens.ts does not know: accessibility, sizes and policy go untested.",
  );
  assert.deepEqual(listed.filter((file) => !files.includes(file)), []);
});

Deno.test("every page keeps its budgets and its content policy", async (t) => {
  await using server = await startProcessServer(SCREENS_ENV);
  const scene = await makeScene(server);
  await fillPage(scene);
  const cookie = await sessionCookie(server.url, "ann");
  const build = await readBuild();
  for (const [file, screen] of Object.entries(SCREENS)) {
    await t.step(file, async () => {
      const response = await fetch(server.url + screen.path(scene), {
        headers: screen.kind === "door" ? {} : { cookie },
      });
      const html = await response.text();
      assert.equal(response.status, screen.status ?? 200, html.slice(0, 300));
      checkPolicy(response.headers.get("content-security-policy") ?? "", html);
      const most = screen.cached ? CACHED_SCRIPT_BYTES : SCRIPT_BYTES[screen.kind];
      const scripts = build.scriptsOf(html);
      for (const { code } of LANGUAGES) {
        const bytes = build.sizeOf(build.inLanguage(scripts, code));
        assert.ok(bytes <= most, `${bytes} bytes of script in the language ${code}`);
      }
      const styles = build.sizeOf([...html.matchAll(/rel="stylesheet" href="([^"]+)"/g)]
        .map((match) => match[1] ?? ""));
      assert.ok(styles > 0 && styles <= STYLE_BYTES, `${styles} bytes of style`);
      const bytes = gzipSync(html).length;
      assert.ok(bytes <= HTML_BYTES, `${bytes} bytes of HTML`);
    });
  }
});

Deno.test("the check of the policy finds a planted hole", () => {
  const nonce = "AAAAAAAAAAAAAAAAAAAAAA==";
  const policy = contentPolicy(nonce);
  checkPolicy(policy, `<p title="a onclick=x">fine</p><script nonce="${nonce}">1</script>`);
  for (const html of ['<p onclick="x()">', '<p style="color:red">', "<script>1</script>"]) {
    assert.throws(() => checkPolicy(policy, html), assert.AssertionError, `found: ${html}`);
  }
  for (const hole of ["require-trusted-types-for", "trusted-types", "base-uri", "default-src"]) {
    const without = policy.split("; ").filter((part) => !part.startsWith(`${hole} `)).join("; ");
    assert.throws(() => checkPolicy(without, ""), assert.AssertionError, `found: ${hole}`);
  }
  assert.throws(() => checkPolicy(policy.replace("'self' 'nonce", "'unsafe-inline' 'nonce"), ""));
});

/** A whole page of messages stands in #general. */
async function fillPage({ bob, roomId, general }: Scene): Promise<void> {
  const path = `/rooms/${encodeURIComponent(roomId)}/send`;
  for (let i = 0; i < PAGE_ROWS; i++) {
    const body = `Bed ${i}: the **beans** want water, and somebody should look after the peas.`;
    await bob.do("POST", path, { channel_id: general, body });
  }
}

/** Only scripts with this answer's nonce run, no text becomes markup, no attribute is code. */
function checkPolicy(policy: string, html: string): void {
  const parts = new Map(
    policy.split("; ").map((part) => {
      const [name = "", ...values] = part.split(" ");
      return [name, values.join(" ")];
    }),
  );
  const nonce = /^'self' 'nonce-([A-Za-z0-9+/=]{22,})'$/.exec(parts.get("script-src") ?? "")?.[1];
  assert.ok(nonce, `script-src ${parts.get("script-src")}`);
  assert.equal(parts.get("default-src"), "'none'");
  assert.equal(parts.get("require-trusted-types-for"), "'script'");
  assert.ok(parts.has("trusted-types"));
  assert.equal(parts.get("base-uri"), "'none'");
  assert.equal(parts.get("frame-ancestors"), "'none'");
  for (const [, attributes = ""] of html.matchAll(/<script\b([^>]*)>/g)) {
    const data = attributes.includes('type="application/json"');
    const served = /src="\/[^"]+"/.test(attributes);
    assert.ok(data || served || attributes.includes(`nonce="${nonce}"`), `<script${attributes}>`);
  }
  // Inside a tag only: what people wrote stands between tags, or in an attribute's quotes.
  const tags = html.replaceAll(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, "")
    .match(/<[a-z][^>]*>/gi) ?? [];
  for (const tag of tags) {
    const names = tag.replaceAll(/"[^"]*"/g, '""');
    assert.doesNotMatch(names, /\s(?:on\w+|style)=/i, tag);
  }
}

/** Sizes of what the build made. */
async function readBuild() {
  const manifest = JSON.parse(await Deno.readTextFile(`${out}manifest.json`)) as AssetManifest;
  const metafile = JSON.parse(await Deno.readTextFile(`${out}metafile.json`));
  const sizes = new Map<string, number>();
  for (const { url, file } of manifest.files) {
    sizes.set(url, gzipSync(await Deno.readFile(out + file), { level: 9 }).length);
  }
  const sizeOf = (urls: Iterable<string>) => {
    let total = 0;
    for (const url of new Set(urls)) {
      const size = sizes.get(url);
      assert.ok(size !== undefined, `${url} is not served`);
      total += size;
    }
    return total;
  };
  const outputs = Object.keys(metafile.outputs);
  return {
    sizeOf,
    /** Each script that the page names, with everything that these import at once. */
    scriptsOf(html: string) {
      // What stands in `import(...)` is fetched when it is wanted, and so is the engine of
      // encrypted conversations and calls, whose workers the pages only know by name.
      const named = [
        ...html.matchAll(/(?<!import\(|"og-(?:engine|voice)" content=)"(\/assets\/[\w.-]+\.js)"/g),
      ]
        .map((match) => match[1] ?? "");
      const urls = named.flatMap((url) => {
        const output = outputs.find((path) => path.endsWith(url.replace("/assets/", "/")));
        if (output === undefined) {
          // The texts of a language are written beside the scripts and load nothing.
          assert.ok(sizes.has(url), `${url} is not in the build`);
          return [url];
        }
        return [output, ...staticImports(metafile, output)]
          .map((path) => `/assets/${path.slice(path.lastIndexOf("/") + 1)}`);
      });
      return urls;
    },
    /** The same scripts with the texts of another language. */
    inLanguage(urls: readonly string[], code: string) {
      const english = manifest.texts[ENGLISH.code] ?? {};
      return urls.map((url) => {
        const island = Object.keys(english).find((name) => english[name]?.first === url);
        return island === undefined ? url : manifest.texts[code]?.[island]?.first ?? "";
      });
    },
  };
}
