import type { Clock } from "../../core/ports/clock.ts";
import type { LogLevel } from "../../core/ports/log.ts";
import { awayCode } from "./away.ts";

/** A line of the log before it is written. */
export interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Of lines that say the same of the same absence one is written in so long. */
const WINDOW_MS = 60_000;
/** Absences that are remembered; of what comes beyond each line is written. */
const REMEMBERED_MAX = 1000;
/** Fields that tell apart what is away. */
const APART = ["part", "server", "destination", "origin"] as const;

interface Absence extends LogLine {
  readonly untilMs: number;
  leftOut: number;
}

/**
 * While a database or another server is away, everything that needs it says so, some of it many
 * times a second. Of lines that say the same of it one a minute is written; the next one says how
 * many were left out (`left_out`), and where none comes, a line of its own does once another line
 * is written. Every other line passes.
 */
export class Repeats {
  readonly #clock: Pick<Clock, "monotonic">;
  /** The oldest first. */
  readonly #absences = new Map<string, Absence>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** The lines to be written now. */
  pass(line: LogLine): readonly LogLine[] {
    const nowMs = this.#clock.monotonic();
    const key = absenceOf(line);
    const held = key === undefined ? undefined : this.#absences.get(key);
    if (held !== undefined && nowMs < held.untilMs) {
      held.leftOut++;
      return this.#over(nowMs);
    }
    if (key !== undefined) this.#absences.delete(key);
    const over = this.#over(nowMs);
    if (key === undefined) return [...over, line];
    if (this.#absences.size < REMEMBERED_MAX) {
      const { fields: { request_id: _request, trace_id: _trace, ...fields } } = line;
      this.#absences.set(key, { ...line, fields, untilMs: nowMs + WINDOW_MS, leftOut: 0 });
    }
    return [...over, held === undefined ? line : counted(line, held.leftOut)];
  }

  /** What was left out of absences that nobody has spoken of since. */
  #over(nowMs: number): LogLine[] {
    const lines: LogLine[] = [];
    for (const [key, absence] of this.#absences) {
      if (nowMs < absence.untilMs) break;
      this.#absences.delete(key);
      if (absence.leftOut > 0) lines.push(counted(absence, absence.leftOut));
    }
    return lines;
  }
}

function absenceOf({ level, message, fields }: LogLine): string | undefined {
  for (const value of Object.values(fields)) {
    const code = value instanceof Error ? awayCode(value) : undefined;
    if (code !== undefined) {
      return JSON.stringify([level, message, code, ...APART.map((name) => fields[name])]);
    }
  }
  return undefined;
}

function counted({ level, message, fields }: LogLine, leftOut: number): LogLine {
  return { level, message, fields: leftOut === 0 ? fields : { ...fields, left_out: leftOut } };
}
