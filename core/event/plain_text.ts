import { type MentionToken, splitMentions } from "./mention_tokens.ts";

/** What those that a text mentions are called now. */
export interface MentionNames {
  user(id: string): string;
  role(id: string): string | undefined;
  channel(id: string): string | undefined;
}

/** A piece of a message on one line: mentions by name, marks of markdown left out. */
export function plainTextOf(source: string, names: MentionNames): string {
  const text = splitMentions(source).map((piece) =>
    typeof piece === "string" ? piece.replace(/[*_~`|>#]+/g, "") : mentionText(piece, names)
  );
  return text.join("").replace(/\s+/g, " ").trim();
}

/** A mention as it is read. */
export function mentionText(mention: MentionToken, names: MentionNames): string {
  if (mention.kind === "everyone") return "@everyone";
  if (mention.kind === "user") return `@${names.user(mention.id)}`;
  if (mention.kind === "role") return `@${names.role(mention.id) ?? "?"}`;
  return `#${names.channel(mention.id) ?? "?"}`;
}
