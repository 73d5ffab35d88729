import { splitMentions } from "../../../core/event/mention_tokens.ts";
import { foreignServer, handleOf, localPart } from "../format/names.ts";

/** Names the composer knows: what stands in the text box for each mention token. */
export interface MentionNames {
  /** This server's name: its users are written without it. */
  readonly server: string;
  readonly users: ReadonlySet<string>;
  readonly roles: ReadonlyMap<string, string>;
  readonly channels: ReadonlyMap<string, string>;
}

const CODE = /(```[\s\S]*?(?:```|$)|`[^`\n]*`)/;

/**
 * `@ann`, `@ann@other.org`, `@Role Name`, `#channel` -> tokens. Code stays as typed. `@ann` is the
 * one of this server, else a role of that name, else the only one called so that is known here.
 */
export function encodeMentions(text: string, names: MentionNames): string {
  return text.split(CODE).map((part, i) => i % 2 === 1 ? part : encodePart(part, names)).join("");
}

const USER =
  /(?<![\w@<])@([0-9a-z][0-9a-z._-]*[0-9a-z]|[0-9a-z])([@:][0-9a-z.:[\]-]*[0-9a-z\]])?(?![\w])/gi;

function encodePart(text: string, names: MentionNames): string {
  let out = text.replace(USER, (whole, local: string, server: string | undefined) => {
    const home = server?.slice(1).toLowerCase() ?? names.server;
    const id = `@${local.toLowerCase()}:${home}`;
    return names.users.has(id) || server?.includes(".") ? `<${id}>` : whole;
  });
  for (const [name, id] of byLength(names.roles)) {
    out = replaceName(out, `@${name}`, `<&${id}>`);
  }
  for (const [name, id] of byLength(names.channels)) {
    out = replaceName(out, `#${name}`, `<#${id}>`);
  }
  return out.replace(USER, (whole, local: string, server: string | undefined) => {
    const only = server === undefined ? onlyOneCalled(local.toLowerCase(), names) : undefined;
    return only === undefined ? whole : `<${only}>`;
  });
}

/** Who alone is called so among those of other servers: with two of them nobody is meant. */
function onlyOneCalled(local: string, { users }: MentionNames): string | undefined {
  if (local === "everyone") return undefined;
  const called = [...users].filter((id) => id.startsWith(`@${local}:`));
  return called.length === 1 ? called[0] : undefined;
}

/** Longer names first, so that `#general-talk` is not taken for `#general`. */
function byLength(names: ReadonlyMap<string, string>): [string, string][] {
  return [...names].sort((a, b) => b[0].length - a[0].length);
}

function replaceName(text: string, name: string, token: string): string {
  if (!text.includes(name)) return text;
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return text.replace(new RegExp(`(?<![\\w<&#@])${escaped}(?![\\w-])`, "gu"), () => token);
}

/** Tokens -> what a person would have typed, to edit a sent message. */
export function decodeMentions(body: string, names: MentionNames): string {
  const find = (map: ReadonlyMap<string, string>, id: string) =>
    [...map].find(([, known]) => known === id)?.[0];
  return splitMentions(body).map((piece) => {
    if (typeof piece === "string") return piece;
    if (piece.kind === "everyone") return "@everyone";
    if (piece.kind === "user") {
      if (!names.users.has(piece.id)) return `<${piece.id}>`;
      const own = foreignServer(piece.id, names.server) === undefined;
      return own ? `@${localPart(piece.id)}` : handleOf(piece.id);
    }
    const [map, sigil, mark] = piece.kind === "role"
      ? [names.roles, "@", "&"] as const
      : [names.channels, "#", "#"] as const;
    const name = find(map, piece.id);
    return name === undefined ? `<${mark}${piece.id}>` : sigil + name;
  }).join("");
}
