import { Lexer, type MarkedOptions, type Token, type Tokens } from "marked";
import { type MentionToken, splitMentions } from "../../../core/event/mention_tokens.ts";

/** Nested quotes and lists beyond this are shown as text: the lexer walks them recursively. */
const QUOTE_DEPTH = 12;
const BODY_CHARS = 4000;
/** Tokens inside one another: rendering walks them recursively, too. */
const TOKEN_DEPTH = 24;
/** Elements that one message becomes; a block of code with its head is several. */
const ELEMENT_COUNT = 1000;
const CODE_ELEMENTS = 8;

/** `:name:`, which stands for an emoji of the guild where it has one of that name. */
export interface EmojiToken {
  readonly kind: "emoji";
  readonly name: string;
}

export type InlineExtra =
  | { readonly type: "emoji"; readonly raw: string; readonly emoji: EmojiToken }
  | { readonly type: "mention"; readonly raw: string; readonly mention: MentionToken }
  | { readonly type: "spoiler"; readonly raw: string; readonly tokens: Token[] };

const EMOJI = /^:([0-9A-Za-z_]{2,32}):/;
const SPOILER = /^\|\|(?=\S)([\s\S]+?)\|\|/;

const options: MarkedOptions = {
  gfm: true,
  breaks: true,
  extensions: {
    childTokens: {},
    renderers: {},
    startInline: [
      (src: string) => src.search(/\|\||<[@&#]|@everyone|:[0-9A-Za-z_]{2,32}:/),
    ],
    inline: [
      function (src) {
        const match = EMOJI.exec(src);
        if (!match?.[1]) return undefined;
        return { type: "emoji", raw: match[0], emoji: { kind: "emoji", name: match[1] } };
      },
      function (src) {
        const match = SPOILER.exec(src);
        if (!match?.[1]) return undefined;
        return { type: "spoiler", raw: match[0], tokens: this.lexer.inlineTokens(match[1]) };
      },
      function (src) {
        if (!/^(?:<[@&#]|@everyone)/.test(src)) return undefined;
        const end = src.startsWith("<") ? src.indexOf(">") + 1 : "@everyone".length;
        const [piece, more] = splitMentions(src.slice(0, end));
        if (typeof piece !== "object" || more !== undefined) return undefined;
        return { type: "mention", raw: src.slice(0, end), mention: piece };
      },
    ],
  },
};

/** Texts whose tokens are kept: those of the channels one goes to and fro between. */
const KEPT_TEXTS = 600;
const kept = new Map<string, Token[]>();

/**
 * Markdown source -> tokens, which nobody may change. What no reader could follow, and what the lexer cannot, comes back
 * as one paragraph of plain text; it never throws.
 */
export function parseMarkdown(source: string): Token[] {
  const text = source.slice(0, BODY_CHARS);
  const known = kept.get(text);
  if (known) return known;
  const tokens = parse(text);
  // The oldest goes: what is still shown is parsed again at the most.
  const [oldest] = kept.keys();
  if (kept.size >= KEPT_TEXTS && oldest !== undefined) kept.delete(oldest);
  kept.set(text, tokens);
  return tokens;
}

function parse(text: string): Token[] {
  const deep = new RegExp(`^(?:[ \\t]*[>*+-]){${QUOTE_DEPTH},}`, "m").test(text);
  if (deep) return plain(text);
  try {
    const tokens = new Lexer(options).lex(text);
    return isBounded(tokens) ? tokens : plain(text);
  } catch {
    return plain(text);
  }
}

interface Inner {
  readonly type?: string;
  readonly tokens?: readonly Inner[] | undefined;
}

function isBounded(tokens: readonly Token[]): boolean {
  let level: readonly Inner[] = tokens as readonly Inner[];
  let count = 0;
  for (let depth = 0; level.length > 0; depth++) {
    for (const { type } of level) count += type === "code" ? CODE_ELEMENTS : 1;
    if (depth >= TOKEN_DEPTH || count > ELEMENT_COUNT) return false;
    level = level.flatMap(childrenOf);
  }
  return true;
}

/** Cells of a table count as tokens: empty ones are elements as well. */
export function childrenOf(token: Inner): readonly Inner[] {
  if ("items" in token) return (token as Tokens.List).items as readonly Inner[];
  // By its type: cells have a field of that name too.
  if (token.type === "table") {
    const { header, rows } = token as Inner as Tokens.Table;
    return [...header, ...rows.flat()] as readonly Inner[];
  }
  return token.tokens ?? [];
}

function plain(text: string): Token[] {
  const inner: Tokens.Text = { type: "text", raw: text, text, escaped: false };
  const paragraph: Tokens.Paragraph = { type: "paragraph", raw: text, text, tokens: [inner] };
  return [paragraph];
}

/** Links that may be followed out of a message. Everything else is shown as text. */
export function safeHref(href: string): string | undefined {
  const clean = href.trim();
  if (!/^(?:https?:\/\/|mailto:)[^\s]+$/i.test(clean)) return undefined;
  return URL.canParse(clean) ? clean : undefined;
}

/** Made for the first text of nothing but emoji: a phone takes milliseconds for it. */
let segmenter: Intl.Segmenter | undefined;

/** Messages of up to this many emoji and nothing else are drawn large. */
const JUMBO_COUNT = 12;
/** As many of the longest names, each with a space, and one character more. */
const JUMBO_CHARS = JUMBO_COUNT * 35 + 1;

/** `known`: whether the guild has an emoji of that name. */
export function isJumbo(source: string, known: (name: string) => boolean): boolean {
  const text = source.slice(0, JUMBO_CHARS).trim()
    .replace(/:([0-9A-Za-z_]{2,32}):/g, (raw, name) => known(name) ? "\u{1f642}" : raw);
  if (
    text === "" || text.length > 120 ||
    !/^[\p{Extended_Pictographic}\p{Emoji_Component}\s]+$/u.test(text)
  ) {
    return false;
  }
  let count = 0;
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  for (const { segment } of segmenter.segment(text)) {
    if (/^\s+$/.test(segment)) continue;
    if (!/\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(segment)) return false;
    count++;
  }
  return count > 0 && count <= JUMBO_COUNT;
}
