/**
 * Builds the client side of the pages into `ui/_fresh/`: islands with esbuild, styles with
 * lightningcss, emoji data, static files, and the manifest the server reads. It also writes the
 * three generated modules that are kept in git: `snapshot.ts`, and of `lib/api/` `operations.ts` and
 * `operation_types.ts`.
 *
 *   deno run -A ui/dev.ts              build
 *   deno run -A ui/dev.ts --if-stale   build only when a source is newer than the output
 */
import { fileURLToPath } from "node:url";
import { buildEngine, buildKeyWorker, buildSealed } from "./dev/engine.ts";
import { bootOf, outputOf, staticImports } from "./dev/metafile.ts";
import { bundleScripts } from "./dev/scripts.ts";
import { buildWorker } from "./dev/worker.ts";
import { islandTexts, isPseudo, type Sources, sourcesBehind } from "./dev/texts.ts";
import {
  type AssetManifest,
  BUILD_URL,
  ENGINE_FILE,
  SEALED_FILE,
  type TextUrls,
  VOICE_FILE,
  WORKER_URL,
} from "./lib/assets.ts";
import { toneOf, TONES } from "./lib/format/skin_tone.ts";
import { ENGLISH, LANGUAGES } from "./lib/i18n/languages.ts";

const UI = fileURLToPath(new URL(".", import.meta.url)).replace(/[\\/]$/, "");
const CORE = `${UI}/../core`;
const CORE_API = `${CORE}/api`;
const OUT = `${UI}/_fresh`;
const TYPES: Record<string, string> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  json: "application/json; charset=utf-8",
  svg: "image/svg+xml",
  png: "image/png",
  txt: "text/plain; charset=utf-8",
  webmanifest: "application/manifest+json",
};

const LINE_CHARS = 100;

interface Source {
  readonly path: string;
  readonly mtimeMs: number;
}

async function listFiles(folder: string, prefix = ""): Promise<Source[]> {
  const found: Source[] = [];
  for await (const entry of Deno.readDir(`${folder}/${prefix}`)) {
    const path = prefix + entry.name;
    if (entry.name === "_fresh" || entry.name === "node_modules") continue;
    if (entry.isDirectory) found.push(...await listFiles(folder, `${path}/`));
    else {found.push({
        path,
        mtimeMs: (await Deno.stat(`${folder}/${path}`)).mtime?.getTime() ?? 0,
      });}
  }
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Keeps the time of an unchanged file, so that a build does not make itself stale. */
async function writeChanged(path: string, text: string): Promise<void> {
  if (await readText(path) !== text) await Deno.writeTextFile(path, text);
}

async function isStale(): Promise<boolean> {
  let builtMs: number;
  try {
    builtMs = (await Deno.stat(`${OUT}/manifest.json`)).mtime?.getTime() ?? 0;
  } catch {
    return true;
  }
  const sources = [...await listFiles(UI), ...await listFiles(CORE)];
  return sources.some((source) => source.mtimeMs > builtMs);
}

/** A source by its path from the root of the project. */
const readSource = (path: string) => Deno.readTextFile(`${UI}/../${path}`);

const isModule = (path: string) => /\.tsx?$/.test(path) && !/_test\.tsx?$/.test(path);

function nameIslands(files: readonly Source[]): { name: string; file: string }[] {
  return files.filter((f) => f.path.startsWith("islands/") && isModule(f.path)).map((f) => ({
    name: f.path.slice("islands/".length).replace(/\.tsx?$/, "").replaceAll("/", "_"),
    file: f.path,
  }));
}

async function writeSnapshot(files: readonly Source[]): Promise<void> {
  const routes = files.filter((f) => f.path.startsWith("routes/") && isModule(f.path));
  const islands = nameIslands(files);
  const lines = [
    "// Written by ui/dev.ts from the folders routes/ and islands/. Do not edit.",
    'import type { Snapshot } from "./lib/fresh/types.ts";',
    ...routes.map((f, i) => `import * as route${i} from "./${f.path}";`),
    ...islands.map((island, i) => `import island${i} from "./${island.file}";`),
    "",
    "export const snapshot: Snapshot = {",
    "  routes: [",
    ...routes.map((f, i) =>
      `    { file: "${f.path.slice("routes/".length)}", module: route${i} },`
    ),
    "  ],",
    islands.length === 0 ? "  islands: []," : "  islands: [",
    ...islands.map(({ name }, i) => `    { name: "${name}", component: island${i} },`),
    ...islands.length === 0 ? [] : ["  ],"],
    "};",
    "",
  ];
  await writeChanged(`${UI}/snapshot.ts`, lines.join("\n"));
}

/** Method and path of every operation, so that islands need no schema at run time. */
async function writeOperations(): Promise<void> {
  const files = (await listFiles(CORE_API)).filter((f) => isModule(f.path));
  const imports: string[] = [];
  const table: string[] = [];
  const types: string[] = [];
  for (const { path } of files) {
    const exported = await import(`file://${CORE_API}/${path}`) as Record<string, unknown>;
    const alias = path.replace(/\.ts$/, "");
    const names = Object.keys(exported).filter((name) => {
      const value = exported[name] as { method?: unknown; path?: unknown; result?: unknown } | null;
      return typeof value === "object" && value !== null && typeof value.path === "string" &&
        typeof value.method === "string" && value.result !== undefined;
    }).sort();
    if (names.length === 0) continue;
    imports.push(`import type * as ${alias} from "../../../core/api/${path}";`);
    for (const name of names) {
      const { method, path: route } = exported[name] as { method: string; path: string };
      const line = `  ${name}: ["${method}", "${route}"],`;
      // As the formatter has it, or each build would change the file.
      table.push(
        line.length > LINE_CHARS ? `  ${name}: [\n    "${method}",\n    "${route}",\n  ],` : line,
      );
      types.push(`  ${name}: typeof ${alias}.${name};`);
    }
  }
  await writeChanged(
    `${UI}/lib/api/operations.ts`,
    [
      "// Written by ui/dev.ts from core/api. Do not edit.",
      "",
      "/** Method and path of each operation of the client API. */",
      "export const OPERATIONS = {",
      ...table,
      "} as const;",
      "",
    ].join("\n"),
  );
  await writeChanged(
    `${UI}/lib/api/operation_types.ts`,
    [
      "// Written by ui/dev.ts from core/api. Do not edit.",
      ...imports,
      "",
      "/** The contract behind each operation of the client API. */",
      "export interface OperationTypes {",
      ...types,
      "}",
      "",
    ].join("\n"),
  );
}

async function hashText(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest.subarray(0, 5)].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** Collects output files; hashed ones are served for ever. */
class Output {
  readonly files: AssetManifest["files"][number][] = [];

  async add(name: string, bytes: Uint8Array<ArrayBuffer>, url?: string): Promise<string> {
    const dot = name.lastIndexOf(".");
    const ext = name.slice(dot + 1);
    const immutable = url === undefined;
    const file = immutable && !/-[0-9A-Z]{8}\.\w+$/.test(name)
      ? `${name.slice(0, dot)}-${await hashText(bytes)}.${ext}`
      : name;
    await Deno.writeFile(`${OUT}/client/${file}`, bytes);
    if (bytes.length > 600 && ext !== "png") {
      const { gzipSync } = await import("node:zlib");
      await Deno.writeFile(`${OUT}/client/${file}.gz`, gzipSync(bytes, { level: 9 }));
    }
    const served = url ?? `/assets/${file}`;
    this.files.push({
      url: served,
      file: `client/${file}`,
      type: TYPES[ext] ?? "application/octet-stream",
      immutable,
    });
    return served;
  }
}

async function buildScripts(out: Output, islands: { name: string; file: string }[]) {
  const { files, metafile } = await bundleScripts(UI, islands, readSource);
  for (const { path, contents } of files) {
    await out.add(path.slice(path.lastIndexOf("client/") + 7), Uint8Array.from(contents));
  }
  await Deno.writeTextFile(`${OUT}/metafile.json`, JSON.stringify(metafile));
  return metafile;
}

async function buildStyles(out: Output): Promise<string[]> {
  const { bundle } = await import("lightningcss");
  const { code } = bundle({
    filename: `${UI}/assets/css/index.css`,
    minify: true,
    targets: { chrome: 120 << 16, firefox: 121 << 16, safari: (17 << 16) | (4 << 8) },
    // light-dark() is left to the browser: the theme switch sets color-scheme.
    exclude: (await import("lightningcss")).Features.LightDark,
  });
  return [await out.add("style.css", Uint8Array.from(code))];
}

interface Emoji {
  readonly hexcode: string;
  readonly unicode: string;
  readonly label: string;
  readonly group?: number;
  readonly order?: number;
  readonly tags?: string[];
  readonly skins?: readonly { readonly unicode: string }[];
}

const EMOJI_DATA = `${UI}/../node_modules/emojibase-data`;

/** Words by which emoji are found in another language, by their code points. */
async function emojiWords(language: string): Promise<ReadonlyMap<string, string> | undefined> {
  const text = await readText(`${EMOJI_DATA}/${language}/compact.json`);
  if (text === undefined) return undefined;
  return new Map((JSON.parse(text) as Emoji[]).map(({ hexcode, label, tags }) => [
    hexcode,
    [label, ...tags ?? []].join(" ").toLowerCase(),
  ]));
}

/**
 * [character, shortcode, group, words, toned, other shortcodes] for each emoji; 10 groups as
 * Unicode orders them. `toned`: 1 where `toneOf` makes all of its skin tones. A file for each language, whose words
 * come before the English ones. Urls by plain name.
 */
async function buildEmoji(out: Output): Promise<Record<string, string>> {
  const list = JSON.parse(await Deno.readTextFile(`${EMOJI_DATA}/en/compact.json`)) as Emoji[];
  const codes = JSON.parse(
    await Deno.readTextFile(`${EMOJI_DATA}/en/shortcodes/github.json`),
  ) as Record<string, string | string[]>;
  const others = JSON.parse(
    await Deno.readTextFile(`${EMOJI_DATA}/en/shortcodes/joypixels.json`),
  ) as Record<string, string | string[]>;
  const shown = list
    .filter((e) => e.group !== undefined && e.group !== 2)
    .sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  const rowsIn = (own: ReadonlyMap<string, string>) =>
    shown.map((e) => {
      const known = codes[e.hexcode];
      const code = (Array.isArray(known) ? known[0] : known) ??
        e.label.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "");
      const also = [known ?? [], others[e.hexcode] ?? []].flat().filter((each) => each !== code);
      const skins = new Set(e.skins?.map((skin) => skin.unicode));
      const toned = TONES.every((_, tone) => skins.has(toneOf(e.unicode, tone + 1)));
      const words = [own.get(e.hexcode), ...e.tags ?? []].filter(Boolean).join(" ");
      return [e.unicode, code, e.group, words, toned ? 1 : 0, [...new Set(also)].join(" ")];
    });
  const add = (name: string, own: ReadonlyMap<string, string>) =>
    out.add(name, new TextEncoder().encode(JSON.stringify(rowsIn(own))));
  const urls: Record<string, string> = { "emoji.json": await add("emoji.json", new Map()) };
  for (const { code } of LANGUAGES) {
    const own = code === ENGLISH.code ? undefined : await emojiWords(code);
    if (own) urls[`emoji-${code}.json`] = await add(`emoji-${code}.json`, own);
  }
  return urls;
}

/** Urls of scripts, in their order. */
async function addAll(
  out: Output,
  scripts: readonly { name: string; contents: Uint8Array<ArrayBuffer> }[],
): Promise<string[]> {
  const urls: string[] = [];
  for (const { name, contents } of scripts) urls.push(await out.add(name, contents));
  return urls;
}

/** Urls of the texts by language and island. */
async function buildTexts(
  out: Output,
  islands: readonly { name: string; sources: Sources }[],
): Promise<Record<string, Record<string, TextUrls>>> {
  const urls: Record<string, Record<string, TextUrls>> = {};
  for (const { name, sources } of islands) {
    for (const { language, first, later } of await islandTexts(sources, readSource)) {
      const add = (kind: string, module: string) =>
        out.add(`texts-${name}${kind}-${language}.js`, new TextEncoder().encode(module));
      const made = { first: await add("", first), later: later && await add("-later", later) };
      urls[language] = { ...urls[language], [name]: made };
    }
  }
  return urls;
}

async function build(): Promise<void> {
  await writeOperations();
  await writeSnapshot(await listFiles(UI));
  await Deno.mkdir(`${OUT}/client`, { recursive: true });
  for await (const entry of Deno.readDir(`${OUT}/client`)) {
    await Deno.remove(`${OUT}/client/${entry.name}`);
  }
  const out = new Output();
  const islands = nameIslands(await listFiles(UI));
  const metafile = await buildScripts(out, islands);
  const entry = (file: string) => outputOf(metafile, file);
  const texts = await buildTexts(
    out,
    islands.map(({ name, file }) => ({ name, sources: sourcesBehind(metafile, entry(file)) })),
  );
  const styles = await buildStyles(out);
  const emoji = await buildEmoji(out);
  const [engine = "", ...engineParts] = await addAll(out, await buildEngine(UI, readSource));
  const voice = await out.add(
    VOICE_FILE,
    await buildKeyWorker(UI, `${UI}/lib/voice/frame_worker.ts`),
  );
  const sealed = await out.add(SEALED_FILE, await buildSealed(UI, readSource));
  for (const { path } of await listFiles(`${UI}/static`)) {
    await out.add(path, await Deno.readFile(`${UI}/static/${path}`), `/${path}`);
  }
  const urlOf = (path: string) => `/assets/${path.slice(path.lastIndexOf("client/") + 7)}`;
  const manifest: AssetManifest = {
    build: await hashText(new TextEncoder().encode(out.files.map((f) => f.url).sort().join("\n"))),
    styles,
    islands: Object.fromEntries(islands.map(({ name, file }) => [name, {
      url: urlOf(entry(file)),
      boot: urlOf(bootOf(metafile, entry(file))),
      preload: staticImports(metafile, entry(file)).map(urlOf),
    }])),
    texts,
    data: { ...emoji, [ENGINE_FILE]: engine, [VOICE_FILE]: voice, [SEALED_FILE]: sealed },
    engineParts,
    files: out.files,
  };
  // The browser keeps the worker's own scripts beside it.
  const files = out.files
    .filter(({ immutable, url }) => immutable && !isPseudo(url) && url !== sealed)
    .map(({ url }) => url);
  await out.add(
    "sw.js",
    await buildWorker(UI, { build: manifest.build, files, sealed }),
    WORKER_URL,
  );
  await out.add("build.txt", new TextEncoder().encode(manifest.build), BUILD_URL);
  // Written last: its time says that the build is whole.
  await Deno.writeTextFile(`${OUT}/manifest.json`, JSON.stringify(manifest, null, 1));
}

if (import.meta.main) {
  if (!Deno.args.includes("--if-stale") || await isStale()) await build();
}
