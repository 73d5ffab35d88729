import type { HLJSApi, LanguageFn } from "highlight.js";

/** A piece of code: plain text, or a kind of token with pieces inside. */
export type CodePiece =
  | string
  | { readonly scope: string; readonly pieces: readonly CodePiece[] };

interface Loaded {
  readonly default: LanguageFn;
}

/** Languages by the name of their grammar; each is fetched when the first block needs it. */
const GRAMMARS: Readonly<Record<string, () => Promise<Loaded>>> = {
  bash: () => import("highlight.js/lib/languages/bash"),
  c: () => import("highlight.js/lib/languages/c"),
  cpp: () => import("highlight.js/lib/languages/cpp"),
  csharp: () => import("highlight.js/lib/languages/csharp"),
  css: () => import("highlight.js/lib/languages/css"),
  diff: () => import("highlight.js/lib/languages/diff"),
  dockerfile: () => import("highlight.js/lib/languages/dockerfile"),
  go: () => import("highlight.js/lib/languages/go"),
  haskell: () => import("highlight.js/lib/languages/haskell"),
  ini: () => import("highlight.js/lib/languages/ini"),
  java: () => import("highlight.js/lib/languages/java"),
  javascript: () => import("highlight.js/lib/languages/javascript"),
  json: () => import("highlight.js/lib/languages/json"),
  kotlin: () => import("highlight.js/lib/languages/kotlin"),
  lua: () => import("highlight.js/lib/languages/lua"),
  makefile: () => import("highlight.js/lib/languages/makefile"),
  nix: () => import("highlight.js/lib/languages/nix"),
  php: () => import("highlight.js/lib/languages/php"),
  powershell: () => import("highlight.js/lib/languages/powershell"),
  python: () => import("highlight.js/lib/languages/python"),
  ruby: () => import("highlight.js/lib/languages/ruby"),
  rust: () => import("highlight.js/lib/languages/rust"),
  scss: () => import("highlight.js/lib/languages/scss"),
  sql: () => import("highlight.js/lib/languages/sql"),
  swift: () => import("highlight.js/lib/languages/swift"),
  typescript: () => import("highlight.js/lib/languages/typescript"),
  xml: () => import("highlight.js/lib/languages/xml"),
  yaml: () => import("highlight.js/lib/languages/yaml"),
};

/** What people write after the fence. */
const ALIASES: Readonly<Record<string, string>> = {
  "c#": "csharp",
  "c++": "cpp",
  cc: "cpp",
  cjs: "javascript",
  cs: "csharp",
  docker: "dockerfile",
  golang: "go",
  h: "c",
  hpp: "cpp",
  hs: "haskell",
  html: "xml",
  js: "javascript",
  jsonc: "json",
  jsx: "javascript",
  kt: "kotlin",
  make: "makefile",
  mjs: "javascript",
  patch: "diff",
  ps1: "powershell",
  py: "python",
  rb: "ruby",
  rs: "rust",
  sh: "bash",
  shell: "bash",
  svg: "xml",
  toml: "ini",
  ts: "typescript",
  tsx: "typescript",
  yml: "yaml",
  zsh: "bash",
};

/** The grammar for what stands after the fence; undefined where there is none. */
export function grammarOf(lang: string): string | undefined {
  const typed = /^[\w#+-]{1,20}/.exec(lang.trim().toLowerCase())?.[0] ?? "";
  const name = Object.hasOwn(ALIASES, typed) ? ALIASES[typed] : typed;
  return name !== undefined && Object.hasOwn(GRAMMARS, name) ? name : undefined;
}

interface Node {
  readonly scope: string;
  readonly pieces: (string | Node)[];
}

/** Takes the highlighter's calls and keeps a tree: its HTML is never made. */
class TreeEmitter {
  readonly root: Node = { scope: "", pieces: [] };
  readonly #open: Node[] = [this.root];

  get #top(): Node {
    return this.#open.at(-1) ?? this.root;
  }

  addText(text: string): void {
    if (text !== "") this.#top.pieces.push(text);
  }

  startScope(scope: string): void {
    const node: Node = { scope, pieces: [] };
    this.#top.pieces.push(node);
    this.#open.push(node);
  }

  endScope(): void {
    if (this.#open.length > 1) this.#open.pop();
  }

  openNode(scope: string): void {
    this.startScope(scope);
  }

  closeNode(): void {
    this.endScope();
  }

  __addSublanguage(other: TreeEmitter, name: string): void {
    this.#top.pieces.push({ scope: `language:${name}`, pieces: other.root.pieces });
  }

  finalize(): void {
    this.#open.length = 1;
  }

  toHTML(): string {
    return "";
  }
}

let core: Promise<HLJSApi> | undefined;

function loadCore(): Promise<HLJSApi> {
  core ??= import("highlight.js/lib/core").then(({ default: hljs }) => {
    hljs.configure({ __emitter: TreeEmitter });
    return hljs;
  }).catch((error) => {
    core = undefined;
    throw error;
  });
  return core;
}

/** The pieces of a code block; undefined where its language is not known. */
export async function highlight(
  text: string,
  lang: string,
): Promise<readonly CodePiece[] | undefined> {
  const name = grammarOf(lang);
  const load = name === undefined ? undefined : GRAMMARS[name];
  if (name === undefined || load === undefined) return undefined;
  const [hljs, grammar] = await Promise.all([loadCore(), load()]);
  if (!hljs.getLanguage(name)) hljs.registerLanguage(name, grammar.default);
  const result = hljs.highlight(text, { language: name, ignoreIllegals: true });
  return (result._emitter as unknown as TreeEmitter).root.pieces;
}

const CLASSES: Readonly<Record<string, string>> = {
  addition: "tok-add",
  attr: "tok-name",
  attribute: "tok-name",
  built_in: "tok-type",
  "char.escape": "tok-escape",
  class: "tok-type",
  comment: "tok-comment",
  deletion: "tok-del",
  doctag: "tok-comment",
  function: "tok-title",
  keyword: "tok-keyword",
  literal: "tok-number",
  meta: "tok-comment",
  name: "tok-keyword",
  number: "tok-number",
  property: "tok-name",
  quote: "tok-comment",
  regexp: "tok-string",
  section: "tok-title",
  "selector-class": "tok-name",
  "selector-id": "tok-name",
  "selector-tag": "tok-keyword",
  string: "tok-string",
  symbol: "tok-number",
  tag: "tok-tag",
  "template-variable": "tok-name",
  title: "tok-title",
  type: "tok-type",
  variable: "tok-name",
};

/** The class of a kind of token: of the kind itself, else of its family. */
export function classOfScope(scope: string): string | undefined {
  return CLASSES[scope] ?? CLASSES[scope.split(".")[0] ?? ""];
}
