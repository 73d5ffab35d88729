import { z } from "zod";

/**
 * How a command reaches the server that holds the data folder: one line of JSON asks, lines of
 * JSON answer, over loopback. The address and a secret lie in the data folder, so whoever may
 * read that folder may command the server, and nobody else.
 */
export const CONTROL_FILE = "control.json";

/** One request or answer line. */
export const MAX_LINE_BYTES = 256 * 1024;
/** A connection that has not asked by then is closed. */
export const ASK_WITHIN_MS = 5_000;
/** Commands that run at once. */
export const MAX_COMMANDS = 8;

export const ControlAddress = z.object({
  port: z.number().int().min(1).max(65_535),
  secret: z.string().min(32),
});
export type ControlAddress = z.infer<typeof ControlAddress>;

export const ControlRequest = z.object({
  secret: z.string(),
  args: z.array(z.string()).max(200),
  working_folder: z.string(),
  out_is_terminal: z.boolean(),
  err_is_terminal: z.boolean(),
  columns: z.number().int().min(1).max(10_000),
});
export type ControlRequest = z.infer<typeof ControlRequest>;

export const ControlAnswer = z.union([
  z.object({ out: z.string() }),
  z.object({ err: z.string() }),
  z.object({ exit: z.number().int() }),
]);
export type ControlAnswer = z.infer<typeof ControlAnswer>;
