import { awayCode } from "./away.ts";
import { Repeats } from "./repeats.ts";
import { traceFields } from "./tracing.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log, LogLevel } from "../../core/ports/log.ts";
import { TransportError } from "../../federation/ports.ts";

const SEVERITY: Readonly<Record<LogLevel, number>> = { debug: 10, info: 20, warn: 30, error: 40 };

/** Where lines go: one call per line, the line ends with a newline. */
export type WriteLine = (line: string) => void;

export interface JsonLogOptions {
  readonly level: LogLevel;
  readonly clock: Clock;
  /** Default: standard error, so that standard output stays free for a command's answer. */
  readonly write?: WriteLine;
}

/**
 * One JSON object per line: `time` (RFC 3339), `level`, `message`, the fields, and which request
 * and trace it belongs to (`request_id`, `trace_id`), where it belongs to one.
 */
export function jsonLog(options: JsonLogOptions): Log {
  return new JsonLog(options, {}, new Repeats(options.clock));
}

/** A log for code that must have one where nobody reads it. */
export const silentLog: Log = { log() {}, child: () => silentLog };

class JsonLog implements Log {
  readonly #options: JsonLogOptions;
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #repeats: Repeats;

  constructor(
    options: JsonLogOptions,
    fields: Readonly<Record<string, unknown>>,
    repeats: Repeats,
  ) {
    this.#options = options;
    this.#fields = fields;
    this.#repeats = repeats;
  }

  log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    if (SEVERITY[level] < SEVERITY[this.#options.level]) return;
    const time = new Date(this.#options.clock.now()).toISOString();
    const write = this.#options.write ?? writeToStderr;
    const said = { ...traceFields(), ...this.#fields, ...fields };
    for (const line of this.#repeats.pass({ level, message, fields: said })) {
      const shown = { ...line.fields, time, level: line.level, message: line.message };
      write(`${JSON.stringify(shown, plain)}\n`);
    }
  }

  child(fields: Readonly<Record<string, unknown>>): Log {
    return new JsonLog(this.#options, { ...this.#fields, ...fields }, this.#repeats);
  }
}

const encoder = new TextEncoder();

function writeToStderr(line: string): void {
  Deno.stderr.writeSync(encoder.encode(line));
}

/**
 * Errors keep name, message, code, stack and cause, and nothing else: a database error also
 * carries the query's parameters, which are people's words and must never reach a log.
 */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return value instanceof Error ? plainError(value, isFromOutside(value)) : value;
}

function plainError(error: Error, withoutStack: boolean): Record<string, unknown> {
  const { name, message, stack, cause } = error;
  const code = "code" in error ? error.code : undefined;
  return {
    name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(stack === undefined || withoutStack ? {} : { stack }),
    ...(cause === undefined
      ? {}
      : { cause: cause instanceof Error ? plainError(cause, withoutStack) : cause }),
  };
}

/**
 * Where something is away, or another server did not answer as it should, there is nothing to be
 * found in this program: a stack would only hide the reason.
 */
function isFromOutside(error: Error): boolean {
  return error instanceof TransportError || awayCode(error) !== undefined;
}
