import { systemClock } from "../system/clock.ts";
import { systemRng } from "../system/rng.ts";
import type { CliIo } from "./io.ts";

const encoder = new TextEncoder();
const DEFAULT_COLUMNS = 100;

/** The process's own terminal, environment and signals. */
export function systemIo(): CliIo {
  const interrupted = new AbortController();
  const stop = () => {
    // The second one ends a stop that hangs.
    if (interrupted.signal.aborted) Deno.exit(130);
    interrupted.abort(new Error("interrupted"));
  };
  Deno.addSignalListener("SIGINT", stop);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", stop);
  return {
    out: (text) => writeAll(Deno.stdout, text),
    err: (text) => writeAll(Deno.stderr, text),
    outIsTerminal: Deno.stdout.isTerminal(),
    errIsTerminal: Deno.stderr.isTerminal(),
    columns: terminalColumns(),
    env: Deno.env.toObject(),
    workingFolder: Deno.cwd(),
    interrupted: interrupted.signal,
    clock: systemClock,
    rng: systemRng,
  };
}

function writeAll(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = encoder.encode(text);
  for (let written = 0; written < bytes.length;) {
    written += stream.writeSync(bytes.subarray(written));
  }
}

function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return DEFAULT_COLUMNS;
  }
}
