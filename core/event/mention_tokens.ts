/**
 * How a message body names people, roles and channels, so that a rename never
 * breaks old text: `<@local:server>`, `<&role>`, `<#channel>`, and the word
 * `@everyone`. Shared by the server (who is pinged) and the client (what is drawn).
 */
export type MentionToken =
  | { readonly kind: "user" | "role" | "channel"; readonly id: string }
  | { readonly kind: "everyone" };

export type BodyPiece = string | MentionToken;

const TOKEN =
  /<(@[0-9a-z._=/+-]{1,64}:[0-9a-z.:[\]-]{1,190})>|<&([0-9A-Za-z]{1,32})>|<#([0-9A-Za-z]{1,44})>|(?<![\w@])@everyone\b/g;
/** Code is quoted text: what stands in it pings nobody. */
const CODE = /```[\s\S]*?(?:```|$)|`[^`\n]*`/g;

/** Splits plain text into text and mention tokens, in order; joining them again loses nothing. */
export function splitMentions(text: string): BodyPiece[] {
  const pieces: BodyPiece[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    if (match.index > end) pieces.push(text.slice(end, match.index));
    pieces.push(tokenOf(match));
    end = match.index + match[0].length;
  }
  if (end < text.length) pieces.push(text.slice(end));
  return pieces;
}

/** The mentions of a markdown body outside code, each once. */
export function mentionsIn(body: string): MentionToken[] {
  if (!body.includes("<") && !body.includes("@everyone")) return [];
  const seen = new Map<string, MentionToken>();
  for (const match of body.replace(CODE, " ").matchAll(TOKEN)) seen.set(match[0], tokenOf(match));
  return [...seen.values()];
}

function tokenOf(match: RegExpMatchArray): MentionToken {
  const [, user, role, channel] = match;
  if (user !== undefined) return { kind: "user", id: user };
  if (role !== undefined) return { kind: "role", id: role };
  if (channel !== undefined) return { kind: "channel", id: channel };
  return { kind: "everyone" };
}
