/**
 * Messages as the build compiles them from ICU MessageFormat: the browser needs no parser.
 * A text without places stays a string; else it is a list of parts.
 */
export type Message = string | readonly Part[];

/**
 * A literal; `0` for the number of the plural around it; `[name]` for a value; and a choice by
 * value: `p` plural, `o` ordinal, `s` select.
 */
export type Part =
  | string
  | 0
  | readonly [name: string]
  | readonly [name: string, kind: "p" | "o" | "s", options: Readonly<Record<string, Message>>];

export type Value = string | number;
export type Values = Readonly<Record<string, Value>>;

/** What a language contributes to formatting. */
export interface Formats {
  readonly number: (value: number) => string;
  /** CLDR category of a number: one, few, other, ... */
  readonly plural: (value: number, type: "cardinal" | "ordinal") => string;
  /** Puts a value into the text so that its direction cannot turn what stands around it. */
  readonly isolate: (value: string) => string;
}

/** A missing value stays visible as its name in braces. */
export function formatMessage(
  message: Message,
  values: Values,
  formats: Formats,
  counted = 0,
): string {
  if (typeof message === "string") return message;
  let out = "";
  for (const part of message) {
    if (typeof part === "string") out += part;
    else if (part === 0) out += formats.number(counted);
    else out += formatPart(part, values, formats, counted);
  }
  return out;
}

function formatPart(
  part: Exclude<Part, string | 0>,
  values: Values,
  formats: Formats,
  counted: number,
): string {
  const value = values[part[0]];
  if (value === undefined) return `{${part[0]}}`;
  if (part.length === 1) {
    return typeof value === "number" ? formats.number(value) : formats.isolate(value);
  }
  const [, kind, options] = part;
  if (kind === "s") {
    return formatMessage(options[value] ?? options["other"] ?? "", values, formats, counted);
  }
  const n = Number(value);
  const chosen = options[`=${n}`] ??
    options[formats.plural(n, kind === "p" ? "cardinal" : "ordinal")] ??
    options["other"] ?? "";
  return formatMessage(chosen, values, formats, n);
}
