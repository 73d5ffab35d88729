import { compiledMessage } from "../lib/i18n/catalogues.ts";
import { en } from "../lib/i18n/en.ts";
import { ENGLISH, LANGUAGES, PSEUDO } from "../lib/i18n/languages.ts";
import { usedKeys } from "../lib/i18n/used_keys.ts";

/** Texts that English pages leave to the server's own sentences; see `error_text.ts`. */
const SERVER_SAYS = "fault.";

interface Metafile {
  readonly outputs: Record<string, {
    readonly entryPoint?: string | undefined;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly imports: readonly { readonly path: string; readonly kind?: string }[];
  }>;
}

/** Source files behind an island, paths from the root: what it starts with, and what comes later. */
export interface Sources {
  readonly first: readonly string[];
  readonly later: readonly string[];
}

/** Fetched by every page that may show it, as the page is taken over: its texts come first. */
const SOON: ReadonlySet<string> = new Set(["ui/components/chat/MarkdownText.tsx"]);

/** The sources of an output with what it imports, and of what it fetches when that is wanted. */
export function sourcesBehind(metafile: Metafile, output: string): Sources {
  const reach = (follows: (kind: string | undefined, to: string) => boolean) => {
    const seen = new Set<string>();
    const visit = (path: string) => {
      const found = metafile.outputs[path];
      if (!found || seen.has(path)) return;
      seen.add(path);
      for (const { path: next, kind } of found.imports) if (follows(kind, next)) visit(next);
    };
    visit(output);
    const inputs = [...seen].flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}));
    return new Set(inputs.filter((path) => path.startsWith("ui/")));
  };
  const isSoon = (path: string) => SOON.has(metafile.outputs[path]?.entryPoint ?? "");
  const first = reach((kind, to) => kind === "import-statement" || isSoon(to));
  const all = reach(() => true);
  return { first: [...first].sort(), later: [...all.difference(first)].sort() };
}

/** The modules of one language. `later` is undefined where the first has everything. */
export interface TextModules {
  readonly language: string;
  readonly first: string;
  readonly later: string | undefined;
}

/**
 * The texts an island may show, as modules of each language: only what its sources name goes to
 * the browser, compiled, so that it needs neither the other texts nor a parser. What only parts
 * name that are fetched when they are wanted is a module of its own (`lib/i18n/later.ts`).
 */
export async function islandTexts(
  sources: Sources,
  readSource: (path: string) => Promise<string>,
): Promise<TextModules[]> {
  const keys = new Set<string>(Object.keys(en));
  const named = async (paths: readonly string[]) => {
    const found = await Promise.all(
      paths.map(async (path) => usedKeys(await readSource(path), keys)),
    );
    return new Set(found.flatMap((each) => [...each]));
  };
  const early = await named(sources.first);
  const most = early.union(await named(sources.later));
  // Refusals are rare, and what fetches an answer fetches their words with it (`refusalTexts`).
  const first = most.size === early.size
    ? early
    : new Set([...early].filter((key) => !key.startsWith(SERVER_SAYS)));
  const later = most.difference(first);
  return [...LANGUAGES, PSEUDO].map((language) => {
    const module = (used: ReadonlySet<string>) => {
      const shown = [...used].sort().filter((key) =>
        language.code !== ENGLISH.code || !key.startsWith(SERVER_SAYS)
      );
      const messages = shown.map((key) => [key, compiledMessage(language, key)]);
      return `export default ${JSON.stringify(Object.fromEntries(messages))};\n`;
    };
    return {
      language: language.code,
      first: module(first),
      later: later.size > 0 ? module(later) : undefined,
    };
  });
}

/** Texts of the pseudo-language are for tests: no browser keeps them. */
export function isPseudo(url: string): boolean {
  return url.includes(`-${PSEUDO.code}-`);
}
