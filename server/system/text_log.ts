import type { Log, LogLevel } from "../../core/ports/log.ts";
import type { JsonLogOptions, WriteLine } from "./log.ts";
import { Repeats } from "./repeats.ts";

const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 10, info: 20, warn: 30, error: 40 };
const MARK: Readonly<Record<LogLevel, string>> = {
  debug: "  ",
  info: "  ",
  warn: "! ",
  error: "x ",
};

/** Lines for a person: local time of day, what happened, the fields behind it. */
export function textLog(options: JsonLogOptions & { readonly write: WriteLine }): Log {
  return new TextLog(options, {}, new Repeats(options.clock));
}

class TextLog implements Log {
  readonly #options: JsonLogOptions & { readonly write: WriteLine };
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #repeats: Repeats;

  constructor(
    options: JsonLogOptions & { readonly write: WriteLine },
    fields: Readonly<Record<string, unknown>>,
    repeats: Repeats,
  ) {
    this.#options = options;
    this.#fields = fields;
    this.#repeats = repeats;
  }

  log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (SEVERITY[level] < SEVERITY[this.#options.level]) return;
    const time = new Date(this.#options.clock.now()).toTimeString().slice(0, 8);
    const said = { ...this.#fields, ...fields };
    for (const line of this.#repeats.pass({ level, message, fields: said })) {
      const shown = Object.entries(line.fields)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => `${name}=${shownValue(value)}`);
      const tail = shown.length > 0 ? `  (${shown.join(" ")})` : "";
      this.#options.write(`${time} ${MARK[line.level]}${oneLine(line.message)}${tail}\n`);
    }
  }

  child(fields: Readonly<Record<string, unknown>>): Log {
    return new TextLog(this.#options, { ...this.#fields, ...fields }, this.#repeats);
  }
}

/** Errors show name and message: a database error also carries people's words. */
function shownValue(value: unknown): string {
  if (value instanceof Error) return oneLine(`${value.name}: ${value.message}`);
  if (typeof value === "string") return oneLine(value);
  if (typeof value === "bigint") return value.toString();
  return oneLine(JSON.stringify(value) ?? "undefined");
}

/** Nothing that is logged may forge a line or move the cursor. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
