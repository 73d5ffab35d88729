import type { Right } from "../../../core/permissions/bits.ts";
import type { Key } from "../i18n/t.ts";

/** What an argument is read as. `text` takes the rest of the line. */
export type ArgKind = "person" | "duration" | "text";

export interface CommandArg {
  readonly kind: ArgKind;
  readonly label: Key;
  readonly optional?: true;
}

export interface Command {
  readonly name: string;
  readonly about: Key;
  readonly args: readonly CommandArg[];
  /** Only in a guild. */
  readonly guild?: true;
  /** What it takes to do it; the server has the last word. */
  readonly right?: Right;
}

const PERSON: CommandArg = { kind: "person", label: "command.arg.person" };
const DURATION: CommandArg = { kind: "duration", label: "command.arg.duration" };
const END: CommandArg = { kind: "duration", label: "command.arg.end", optional: true };
const REASON: CommandArg = { kind: "text", label: "command.arg.reason", optional: true };
const TEXT: CommandArg = { kind: "text", label: "command.arg.text" };
const MORE_TEXT: CommandArg = { ...TEXT, optional: true };

/** Every command of the composer, in the order of the list. */
export const COMMANDS = [
  { name: "me", about: "command.me", args: [TEXT] },
  { name: "shrug", about: "command.shrug", args: [MORE_TEXT] },
  { name: "tableflip", about: "command.tableflip", args: [MORE_TEXT] },
  { name: "unflip", about: "command.unflip", args: [MORE_TEXT] },
  { name: "spoiler", about: "command.spoiler", args: [TEXT] },
  {
    name: "poll",
    about: "command.poll",
    args: [{ ...TEXT, label: "poll.question", optional: true }],
  },
  { name: "msg", about: "command.msg", args: [PERSON] },
  {
    name: "nick",
    about: "command.nick",
    args: [{ kind: "text", label: "command.arg.name", optional: true }],
    guild: true,
    right: "CHANGE_NICKNAME",
  },
  { name: "invite", about: "command.invite", args: [], guild: true, right: "CREATE_INVITE" },
  { name: "leave", about: "command.leave", args: [], guild: true },
  {
    name: "topic",
    about: "command.topic",
    args: [{ kind: "text", label: "command.arg.topic", optional: true }],
    guild: true,
    right: "MANAGE_CHANNELS",
  },
  {
    name: "slowmode",
    about: "command.slowmode",
    args: [DURATION],
    guild: true,
    right: "MANAGE_CHANNELS",
  },
  {
    name: "timeout",
    about: "command.timeout",
    args: [PERSON, DURATION, REASON],
    guild: true,
    right: "MODERATE_MEMBERS",
  },
  { name: "kick", about: "command.kick", args: [PERSON, REASON], guild: true, right: "KICK" },
  { name: "ban", about: "command.ban", args: [PERSON, END, REASON], guild: true, right: "BAN" },
] as const satisfies readonly Command[];

export type CommandName = (typeof COMMANDS)[number]["name"];

const BY_NAME: ReadonlyMap<string, Command> = new Map(
  COMMANDS.map((command): [string, Command] => [command.name, command]),
);

/** Where commands are typed: whether in a guild, and what one may do there. */
export interface CommandPlace {
  readonly guild: boolean;
  may(right: Right): boolean;
}

export function isOffered(command: Command, place: CommandPlace): boolean {
  if (command.guild && !place.guild) return false;
  return command.right === undefined || place.may(command.right);
}

/** Commands whose name begins with what was typed, as far as they can be used here. */
export function findCommands(typed: string, place: CommandPlace): Command[] {
  return COMMANDS.filter((command) =>
    command.name.startsWith(typed.toLowerCase()) && isOffered(command, place)
  );
}

/** Why a typed command does nothing. */
export type CommandProblem =
  | { readonly kind: "unknown"; readonly name: string }
  | { readonly kind: "guild" | "right"; readonly name: string }
  | { readonly kind: "missing"; readonly arg: CommandArg }
  | { readonly kind: "person" | "duration" | "tooMuch"; readonly value: string };

export type ReadCommand =
  | { readonly command: Command; readonly values: readonly (string | undefined)[] }
  | { readonly problem: CommandProblem };

/** The command a text begins with, known or not; undefined where it is an ordinary text. */
export function nameOfCommand(text: string): string | undefined {
  return /^\/([a-z]+)(?=\s|$)/i.exec(text)?.[1]?.toLowerCase();
}

export function commandOf(text: string): Command | undefined {
  return BY_NAME.get(nameOfCommand(text) ?? "");
}

/**
 * Reads a typed command. Of a person the value is `name` or `name@server`, of a duration the
 * seconds; what is optional and left out is undefined.
 */
export function readCommand(text: string, place: CommandPlace): ReadCommand {
  const name = nameOfCommand(text) ?? "";
  const command = BY_NAME.get(name);
  if (!command) return { problem: { kind: "unknown", name } };
  if (command.guild && !place.guild) return { problem: { kind: "guild", name } };
  if (!isOffered(command, place)) return { problem: { kind: "right", name } };
  let rest = text.trim().slice(name.length + 1).trim();
  const values: (string | undefined)[] = [];
  for (const arg of command.args) {
    if (rest === "") {
      if (!arg.optional) return { problem: { kind: "missing", arg } };
      values.push(undefined);
      continue;
    }
    const word = wordOf(arg.kind, rest);
    const value = readValue(arg.kind, word);
    // A reason may begin with a number: what may be left out is a duration only with its unit.
    if (arg.optional && arg.kind === "duration" && (!value || !/^\d+\s*[a-z]/i.test(word))) {
      values.push(undefined);
      continue;
    }
    if (value === undefined) {
      return { problem: { kind: arg.kind === "person" ? "person" : "duration", value: word } };
    }
    values.push(value);
    rest = rest.slice(word.length).trim();
  }
  return rest === "" ? { command, values } : { problem: { kind: "tooMuch", value: rest } };
}

/** What is typed for an argument, at the beginning of `rest`: `7 days` is one duration. */
function wordOf(kind: ArgKind, rest: string): string {
  if (kind === "text") return rest;
  const spoken = kind === "duration" ? SPOKEN.exec(rest) : null;
  return spoken?.[0] ?? /^\S+/.exec(rest)?.[0] ?? "";
}

function readValue(kind: ArgKind, word: string): string | undefined {
  if (kind === "text") return word;
  if (kind === "duration") {
    const seconds = parseDuration(word);
    return seconds === undefined ? undefined : String(seconds);
  }
  // As completed, as typed, and as a mention token.
  return /^<?@?([0-9a-z][0-9a-z._-]*(?:[@:][0-9a-z.:[\]-]+)?)>?$/i.exec(word)?.[1]?.toLowerCase()
    .replace(":", "@");
}

/** Seconds of a unit, as it is written behind a number. */
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
/** The same as words, in the languages of the client. */
const UNIT_WORDS: Readonly<Record<string, readonly string[]>> = {
  s: ["sec", "secs", "second", "seconds", "sekunde", "sekunden"],
  m: ["min", "mins", "minute", "minutes", "minuten"],
  h: ["hour", "hours", "std", "stunde", "stunden"],
  d: ["day", "days", "tag", "tage", "tagen"],
  w: ["week", "weeks", "woche", "wochen"],
};
const WITH_UNIT = /^(?:\d{1,6}[smhdw])+$/i;
const SPOKEN = new RegExp(
  `^(\\d{1,6})\\s*(${Object.values(UNIT_WORDS).flat().join("|")})(?!\\S)`,
  "i",
);
const DURATION_MAX_S = 365 * 86_400;

/** `30s`, `10m`, `2h30m`, `7d`, `7 days`, `45` (seconds), `off` or `0` -> seconds. */
export function parseDuration(word: string): number | undefined {
  const typed = shortened(word.toLowerCase());
  if (typed === "off") return 0;
  if (/^\d{1,8}$/.test(typed)) return Math.min(Number(typed), DURATION_MAX_S);
  if (!WITH_UNIT.test(typed)) return undefined;
  let seconds = 0;
  for (const [, count, unit] of typed.matchAll(/(\d+)([smhdw])/g)) {
    seconds += Number(count) * (UNITS[unit ?? ""] ?? 0);
  }
  return Math.min(seconds, DURATION_MAX_S);
}

/** `7 days` -> `7d`; anything else as it is. */
function shortened(typed: string): string {
  const [, count, word = ""] = SPOKEN.exec(typed) ?? [];
  const unit = Object.keys(UNIT_WORDS).find((each) => UNIT_WORDS[each]?.includes(word));
  return count === undefined || unit === undefined ? typed : count + unit;
}

/** How a command is written: `/timeout person duration [reason]`, with the names of the moment. */
export function usageOf(command: Command, label: (key: Key) => string): string {
  const args = command.args.map((arg) => arg.optional ? `[${label(arg.label)}]` : label(arg.label));
  return [`/${command.name}`, ...args].join(" ");
}
