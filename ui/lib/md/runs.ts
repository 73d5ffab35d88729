import type { Token } from "marked";
import type { MentionToken } from "../../../core/event/mention_tokens.ts";
import { childrenOf, type InlineExtra, parseMarkdown, safeHref } from "./parse.ts";

export type RunStyle = "strong" | "u" | "em" | "del" | "code" | "spoiler";

/** A piece of a message on one line, drawn in one way; `styles`: the outermost first. */
export interface Run {
  readonly text: string;
  readonly styles: readonly RunStyle[];
}

/** A message on one line, as it is read: its words and how they are drawn, no marks of markdown. */
export function runsOf(source: string, mention: (token: MentionToken) => string): Run[] {
  const runs: Run[] = [];
  const add = (raw: string, styles: readonly RunStyle[]) => {
    const spaced = raw.replace(/\s+/g, " ");
    // One line has single spaces, whichever pieces they came with.
    const text = runs.at(-1)?.text.endsWith(" ") ?? true ? spaced.trimStart() : spaced;
    if (text !== "") runs.push({ text, styles });
  };
  const walk = (tokens: readonly Token[], styles: readonly RunStyle[]) => {
    for (const token of tokens) {
      const inner = innerOf(token);
      const style = styleOf(token);
      const within = style ? [...styles, style] : styles;
      if (inner.length > 0) walk(inner, within);
      else add(wordsOf(token, mention), within);
      if (!INLINE.has(token.type)) add(" ", []);
    }
  };
  walk(parseMarkdown(source), []);
  return runs;
}

const INLINE: ReadonlySet<string | undefined> = new Set([
  "text",
  "strong",
  "em",
  "del",
  "codespan",
  "link",
  "image",
  "escape",
  "mention",
  "emoji",
  "html",
  "spoiler",
]);

function innerOf(token: Token): readonly Token[] {
  const shownAsWritten = token.type === "link" && safeHref(token.href) === undefined;
  return shownAsWritten || token.type === "image" ? [] : childrenOf(token) as readonly Token[];
}

function styleOf(token: Token): RunStyle | undefined {
  switch (token.type) {
    case "strong":
      return token.raw.startsWith("__") ? "u" : "strong";
    case "em":
    case "del":
    case "code":
    case "spoiler":
      return token.type;
    case "codespan":
      return "code";
    default:
      return undefined;
  }
}

/** What a token without others in it says. */
function wordsOf(token: Token, mention: (token: MentionToken) => string): string {
  const extra = token as unknown as InlineExtra;
  if (extra.type === "mention") return mention(extra.mention);
  switch (token.type) {
    case "space":
    case "def":
    case "hr":
    case "br":
    case "checkbox":
      return " ";
    case "text":
    case "escape":
    case "code":
    case "codespan":
      return token.text;
    case "image":
      return safeHref(token.href) === undefined ? token.raw : token.text || token.href;
    default:
      return token.raw ?? "";
  }
}
