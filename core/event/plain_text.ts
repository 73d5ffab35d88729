import { type MentionToken, splitMentions } from "./mention_tokens.ts";

/** What those that a text mentions are called now. */
export interface MentionNames {
  user(id: string): string;
  role(id: string): string | undefined;
  channel(id: string): string | undefined;
}

/** `[text](address)`: what is read of a link. */
const LINK = /\[([^\][]+)\]\([^()\s]*\)/g;
/** Headings and quotes are marked where a line begins; within it the signs are meant. */
const LINE_MARK = /^(?:[^\S\n]*(?:>|#{1,3}(?=\s)))+[^\S\n]*/gm;
/** Not the stars of `2 * 3`, nor the lines of `snake_case`: those are text. */
const INLINE_MARK = /`+|~~+|\|\|+|\*+(?!\s)|(?<!\s)\*+|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu;

/** A piece of a message on one line: mentions by name, marks of markdown left out. */
export function plainTextOf(source: string, names: MentionNames): string {
  const text = splitMentions(source.replace(LINE_MARK, "")).map((piece) =>
    typeof piece === "string" ? withoutMarks(piece) : mentionText(piece, names)
  );
  return text.join("").replace(/\s+/g, " ").trim();
}

function withoutMarks(source: string): string {
  return source.replace(LINK, "$1").replace(INLINE_MARK, "");
}

/** A mention as it is read. */
export function mentionText(mention: MentionToken, names: MentionNames): string {
  if (mention.kind === "everyone") return "@everyone";
  if (mention.kind === "user") return `@${names.user(mention.id)}`;
  if (mention.kind === "role") return `@${names.role(mention.id) ?? "?"}`;
  return `#${names.channel(mention.id) ?? "?"}`;
}
