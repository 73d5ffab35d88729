import type { Clock } from "../../core/ports/clock.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { CliParts } from "../../server/cli/context.ts";
import { run } from "../../server/cli/program.ts";
import type { CliIo } from "../../server/cli/io.ts";
import { CountingRng, ManualClock } from "./parts.ts";

export interface CliRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs one command line of the program in this process and keeps what it writes. */
export async function runCli(
  args: readonly string[],
  options: {
    readonly workingFolder: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly parts?: Partial<CliParts>;
    readonly terminal?: boolean;
    readonly interrupted?: AbortSignal;
    /** Equal bytes in every run unless given. */
    readonly rng?: Rng;
    readonly clock?: Clock;
    /** Sees every piece of what goes to standard error. */
    readonly onErr?: (text: string) => void;
  },
): Promise<CliRun> {
  let out = "";
  let err = "";
  const io: CliIo = {
    out: (text) => void (out += text),
    err: (text) => {
      err += text;
      options.onErr?.(text);
    },
    outIsTerminal: options.terminal ?? false,
    errIsTerminal: options.terminal ?? false,
    columns: 80,
    env: options.env ?? {},
    workingFolder: options.workingFolder,
    interrupted: options.interrupted ?? new AbortController().signal,
    clock: options.clock ?? new ManualClock(),
    rng: options.rng ?? new CountingRng(),
  };
  const parts: CliParts = {
    startServer: () => Promise.reject(new Error("this test starts no server")),
    ...options.parts,
  };
  const code = await run(args, io, parts);
  return { code, out, err };
}
