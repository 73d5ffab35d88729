import { compiledMessage } from "../lib/i18n/catalogues.ts";
import { en } from "../lib/i18n/en.ts";
import { ENGLISH, LANGUAGES, PSEUDO } from "../lib/i18n/languages.ts";
import { usedKeys } from "../lib/i18n/used_keys.ts";

/** Texts that English pages leave to the server's own sentences; see `error_text.ts`. */
const SERVER_SAYS = "fault.";

interface Metafile {
  readonly outputs: Record<string, {
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly imports: readonly { readonly path: string }[];
  }>;
}

/** Source files behind an output and everything it loads, now or later; paths from the root. */
export function sourcesBehind(metafile: Metafile, output: string): string[] {
  const seen = new Set<string>();
  const visit = (path: string) => {
    const found = metafile.outputs[path];
    if (!found || seen.has(path)) return;
    seen.add(path);
    for (const { path: next } of found.imports) visit(next);
  };
  visit(output);
  return [
    ...new Set([...seen].flatMap((path) => Object.keys(metafile.outputs[path]?.inputs ?? {}))),
  ]
    .filter((path) => path.startsWith("ui/")).sort();
}

/**
 * The texts an island may show, as one module a language: only what its sources name goes to the
 * browser, compiled, so that it needs neither the other texts nor a parser.
 */
export async function islandTexts(
  sources: readonly string[],
  readSource: (path: string) => Promise<string>,
): Promise<{ language: string; module: string }[]> {
  const keys = new Set(Object.keys(en));
  const used = new Set<string>();
  for (const path of sources) {
    for (const key of usedKeys(await readSource(path), keys)) used.add(key);
  }
  return [...LANGUAGES, PSEUDO].map((language) => {
    const shown = [...used].sort().filter((key) =>
      language.code !== ENGLISH.code || !key.startsWith(SERVER_SAYS)
    );
    const messages = shown.map((key) => [key, compiledMessage(language, key)]);
    return {
      language: language.code,
      module: `export default ${JSON.stringify(Object.fromEntries(messages))};\n`,
    };
  });
}

/** Texts of the pseudo-language are for tests: no browser keeps them. */
export function isPseudo(url: string): boolean {
  return url.includes(`-${PSEUDO.code}-`);
}
