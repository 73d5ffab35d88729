import type { Clock } from "../../core/ports/clock.ts";
import type { Rng } from "../../core/ports/rng.ts";

/** What a command may touch of the world outside: a terminal in production, text in tests. */
export interface CliIo {
  /** The command's answer; nothing else goes there. */
  out(text: string): void;
  /** Progress and complaints. */
  err(text: string): void;
  readonly outIsTerminal: boolean;
  readonly errIsTerminal: boolean;
  /** Width of the terminal in characters. */
  readonly columns: number;
  readonly env: Readonly<Record<string, string>>;
  readonly workingFolder: string;
  /** Aborted by Ctrl-C or by the system's wish that the process ends. */
  readonly interrupted: AbortSignal;
  readonly clock: Clock;
  readonly rng: Rng;
}

/** A command cannot do what was asked. `message` says what failed and what to do. */
export class CliError extends Error {
  override readonly name = "CliError";
}

/** The command line cannot be read, or a value of it is none. `message` as of `CliError`. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
