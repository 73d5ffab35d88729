import { splitMentions } from "./mention_tokens.ts";

/** What those that a text mentions are called now. */
export interface MentionNames {
  user(id: string): string;
  role(id: string): string | undefined;
  channel(id: string): string | undefined;
}

/** A piece of a message on one line: mentions by name, marks of markdown left out. */
export function plainTextOf(source: string, names: MentionNames): string {
  const text = splitMentions(source).map((piece) => {
    if (typeof piece === "string") return piece.replace(/[*_~`|>#]+/g, "");
    if (piece.kind === "everyone") return "@everyone";
    if (piece.kind === "user") return `@${names.user(piece.id)}`;
    if (piece.kind === "role") return `@${names.role(piece.id) ?? "?"}`;
    return `#${names.channel(piece.id) ?? "?"}`;
  });
  return text.join("").replace(/\s+/g, " ").trim();
}
