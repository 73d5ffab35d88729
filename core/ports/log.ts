export type LogLevel = "debug" | "info" | "warn" | "error";

/** Structured log. Fields never carry message text, tokens or passwords. */
export interface Log {
  log(level: LogLevel, message: string, fields?: Readonly<Record<string, unknown>>): void;
  /** A log that adds `fields` to every line. */
  child(fields: Readonly<Record<string, unknown>>): Log;
}
