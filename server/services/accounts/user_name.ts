import { assert } from "../../../core/assert.ts";
import { OperationError } from "../../../core/errors.ts";
import type { ServerName } from "../../../core/ids/server_name.ts";
import { type UserId, userIdOf } from "../../../core/ids/user_id.ts";

export const USER_NAME_MIN = 2;
export const USER_NAME_MAX = 32;

/** Lower-case letters and digits, with single `.`, `_` or `-` between them. */
const GRAMMAR = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** Names of offices: only for administrators, made by administrators. */
const OFFICES = [
  "abuse",
  "admin",
  "administrator",
  "help",
  "helpdesk",
  "hostmaster",
  "mod",
  "moderation",
  "moderator",
  "official",
  "operator",
  "owner",
  "postmaster",
  "root",
  "security",
  "staff",
  "superuser",
  "support",
  "sysadmin",
  "team",
  "webmaster",
];

/** Words that mean something in the product or in addresses: for nobody. */
const WORDS = [
  "all",
  "anonymous",
  "anyone",
  "api",
  "bot",
  "channel",
  "deleted",
  "everyone",
  "federation",
  "guest",
  "guild",
  "here",
  "invite",
  "localhost",
  "login",
  "logout",
  "main",
  "nobody",
  "null",
  "openguild",
  "register",
  "server",
  "settings",
  "system",
  "undefined",
  "unknown",
  "webhook",
  "well-known",
  "www",
];

/** A name that passed the grammar. */
export interface UserName {
  readonly local: string;
  /** Two names with the same skeleton look alike. */
  readonly skeleton: string;
  /** `office`: for administrators alone. `word`: for nobody. */
  readonly reserved: "office" | "word" | undefined;
}

const OFFICE_SHAPES = new Set(OFFICES.map(boldSkeleton));
const WORD_SHAPES = new Set(WORDS.map(boldSkeleton));

/**
 * What a name looks like at a glance: digits that are drawn like letters become them,
 * pairs that are drawn like one letter become it, all separators are one.
 * After the ASCII part of Unicode TR 39's confusables; anything beyond ASCII is refused
 * by the grammar before it gets here.
 */
export function skeletonOf(local: string): string {
  return local
    .replaceAll("0", "o")
    .replaceAll("1", "l")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w")
    .replace(/[._-]/g, "-");
}

/** For reserved names, where a wrong refusal costs little: separators and i/l count for nothing. */
function boldSkeleton(local: string): string {
  return skeletonOf(local).replaceAll("-", "").replaceAll("i", "l").replaceAll("3", "e")
    .replaceAll("4", "a").replaceAll("5", "s").replaceAll("7", "t");
}

/**
 * The name as it would be stored. Upper case is lowered: `Alice` and `alice` are one person.
 * @throws OperationError `bad_user_name`, saying which rule failed and at what.
 */
export function parseUserName(typed: string): UserName {
  const local = typed.trim().toLowerCase();
  const problem = problemOf(local);
  if (problem !== undefined) {
    throw new OperationError(
      "bad_user_name",
      `The user name ${quote(typed)} cannot be used: ${problem}`,
      { details: { field: "user_name", reason: "grammar" } },
    );
  }
  const bold = boldSkeleton(local);
  return {
    local,
    skeleton: skeletonOf(local),
    reserved: WORD_SHAPES.has(bold) ? "word" : OFFICE_SHAPES.has(bold) ? "office" : undefined,
  };
}

/** The user id of a name on this server. */
export function userIdOfName({ local }: UserName, serverName: ServerName): UserId {
  const userId = userIdOf(local, serverName);
  assert(userId !== undefined, `the user name ${local} passed its grammar and makes no id`);
  return userId;
}

function problemOf(local: string): string | undefined {
  const length = [...local].length;
  if (length < USER_NAME_MIN) return `it needs at least ${USER_NAME_MIN} characters.`;
  if (length > USER_NAME_MAX) {
    return `it has ${length} characters, at most ${USER_NAME_MAX} are allowed.`;
  }
  const foreign = /[^a-z0-9._-]/u.exec(local)?.[0];
  if (foreign !== undefined) {
    return `${quote(foreign)} (${codePoint(foreign)}) is not allowed; ` +
      "use a-z, 0-9 and single dots, hyphens or underscores between them.";
  }
  if (GRAMMAR.test(local)) return undefined;
  if (/^[._-]/.test(local)) return "it must begin with a letter or digit.";
  if (/[._-]$/.test(local)) return "it must end with a letter or digit.";
  return "dots, hyphens and underscores may not stand next to each other.";
}

function codePoint(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}…` : text);
}
