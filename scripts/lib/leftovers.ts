const MAX_FILE_LINES = 600;

interface TextRule {
  readonly name: string;
  readonly pattern: RegExp;
  /** Which files it looks at; all text files without it. */
  readonly files?: RegExp;
}

const CODE = /\.tsx?$/;

/** What must not be left in the tree, each with the words that stand in the report. */
const RULES: readonly TextRule[] = [
  { name: "a leftover note", pattern: /\b(?:TODO|FIXME|XXX)\b/ },
  {
    name: "a test that is left out",
    pattern: /\.(?:only|skip|ignore)\(|\b(?:only|ignore): *true/,
    files: CODE,
  },
  { name: "a switched-off type check", pattern: /@ts-(?:ignore|nocheck)\b/, files: CODE },
  { name: "as any", pattern: /\bas any\b/, files: CODE },
  { name: "lint switched off for a whole file", pattern: /deno-lint-ignore-file/, files: CODE },
  {
    name: "lint switched off without a reason (// deno-lint-ignore RULE -- why)",
    pattern: /deno-lint-ignore (?!.* -- \S)/,
    files: CODE,
  },
  {
    name: "a path of some machine",
    pattern: /(?<![\w.$}])\/(?:work|root|home\/[a-z]+|tmp\/[a-z]+)\//,
  },
  {
    name: "a package registry's host",
    pattern: /\bregistry\.[a-z]+\.[a-z]+|\bnpmjs\.(?:com|org)\b|\bjsr\.io\b/,
  },
];

/** The rules' own words, and licence and lock files, which are other people's text. */
const EXEMPT = /^(?:scripts\/lib\/leftovers(?:_test)?\.ts|LICENSE|deno\.lock|docs\/api\/.*)$/;

/** What the house rules forbid in this text, as `path:line: what`. */
export function findLeftovers(path: string, text: string): string[] {
  if (EXEMPT.test(path)) return [];
  const lines = text.split("\n");
  const found = lines.flatMap((line, at) =>
    RULES.filter((rule) => (rule.files?.test(path) ?? true) && rule.pattern.test(line))
      .map((rule) => `${path}:${at + 1}: ${rule.name}`)
  );
  const count = text.endsWith("\n") ? lines.length - 1 : lines.length;
  if (CODE.test(path) && count > MAX_FILE_LINES) {
    found.push(`${path}: ${count} lines; ${MAX_FILE_LINES} is the bound`);
  }
  return found;
}
