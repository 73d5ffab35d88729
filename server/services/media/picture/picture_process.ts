import type { Clock } from "../../../../core/ports/clock.ts";
import type { Log } from "../../../../core/ports/log.ts";
import { type PictureJob, PictureResult } from "./protocol.ts";
import type { SelfCommand } from "./self_command.ts";

const MEMORY_CHECK_MS = 50;
/** A child that a busy machine gives no time gets so many times the time of a job. */
const BUSY_TIMES = 3;
/** In which `/proc` counts the processor's time. */
const TICK_MS = 10;
const MAX_LINE_BYTES = 64 * 1024;
const MAX_LAST_WORDS_LENGTH = 2000;

export interface PictureProcessOptions {
  /** How to start the child: this executable with the hidden subcommand. */
  readonly command: SelfCommand;
  readonly clock: Clock;
  readonly log: Log;
  /** A job that takes longer ends its process: three times that where the machine is too busy. */
  readonly jobTimeoutMs: number;
  /** A process that grows beyond this is ended (where the system tells its size). */
  readonly maxMemoryBytes: number;
  /** Without work for this long the process ends: only so its memory comes back. */
  readonly idleMs: number;
}

/** Why a job has no result. */
export type PictureFailure = "crashed" | "timed_out" | "too_much_memory";
export type PictureOutcome =
  | { readonly ok: true; readonly result: PictureResult }
  | { readonly ok: false; readonly failure: PictureFailure };

interface Child {
  readonly process: Deno.ChildProcess;
  readonly input: WritableStreamDefaultWriter<Uint8Array>;
  readonly output: ReadableStreamDefaultReader<Uint8Array>;
  /** The beginning of what it wrote to standard error, once it has ended. */
  readonly lastWords: Promise<string>;
}

/**
 * Works on pictures in a child process, one at a time in the order asked: whatever a hostile
 * picture does to the decoder happens there, and ends with the child.
 */
export class PictureProcess implements AsyncDisposable {
  readonly #options: PictureProcessOptions;
  #child: Child | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #idle: AbortController | undefined;
  #closed = false;

  constructor(options: PictureProcessOptions) {
    this.#options = options;
  }

  /** The child's process id; undefined while none runs. */
  get pid(): number | undefined {
    return this.#child?.process.pid;
  }

  run(job: PictureJob): Promise<PictureOutcome> {
    const turn = this.#last.then(() => this.#run(job));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #run(job: PictureJob): Promise<PictureOutcome> {
    if (this.#closed) throw new Error("the picture process is closed");
    this.#idle?.abort();
    const child = this.#child ??= this.#start();
    const over = new AbortController();
    try {
      const outcome = await Promise.race([
        this.#exchange(child, job),
        this.#timeout(child.process.pid, over.signal),
        this.#memoryGuard(child.process.pid, over.signal),
      ]);
      if (!outcome.ok) {
        await this.#end();
        this.#options.log.log("warn", "The picture worker was ended.", {
          failure: outcome.failure,
          type: job.type,
          stderr: await child.lastWords,
        });
      }
      return outcome;
    } finally {
      over.abort();
      this.#endWhenIdle();
    }
  }

  #start(): Child {
    const { command, args, env } = this.#options.command;
    const process = new Deno.Command(command, {
      args: [...args],
      clearEnv: true,
      env: { ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return {
      process,
      lastWords: drain(process.stderr),
      input: process.stdin.getWriter(),
      output: process.stdout.getReader(),
    };
  }

  async #exchange(child: Child, job: PictureJob): Promise<PictureOutcome> {
    try {
      await child.input.write(new TextEncoder().encode(JSON.stringify(job) + "\n"));
      const line = await readLine(child.output);
      if (line === undefined) return { ok: false, failure: "crashed" };
      return { ok: true, result: PictureResult.parse(JSON.parse(line)) };
    } catch (error) {
      this.#options.log.log("warn", "The picture worker answered badly.", { error });
      return { ok: false, failure: "crashed" };
    }
  }

  /** What hangs keeps a processor busy; whoever got none for half of the time has only waited. */
  async #timeout(pid: number, signal: AbortSignal): Promise<PictureOutcome> {
    const { jobTimeoutMs } = this.#options;
    const begunMs = await processorMs(pid) ?? 0;
    for (let time = 1; await sleep(this.#options, jobTimeoutMs, signal); time++) {
      const usedMs = await processorMs(pid);
      const starved = usedMs !== undefined && usedMs - begunMs < jobTimeoutMs / 2;
      if (!starved || time === BUSY_TIMES) return { ok: false, failure: "timed_out" };
    }
    return await never();
  }

  async #memoryGuard(pid: number, signal: AbortSignal): Promise<PictureOutcome> {
    while (await sleep(this.#options, MEMORY_CHECK_MS, signal)) {
      const bytes = await residentBytes(pid);
      if (bytes === undefined) return await never(); // this system does not tell
      if (bytes > this.#options.maxMemoryBytes) return { ok: false, failure: "too_much_memory" };
    }
    return await never();
  }

  #endWhenIdle(): void {
    const idle = this.#idle = new AbortController();
    sleep(this.#options, this.#options.idleMs, idle.signal).then(async (slept) => {
      if (slept) await this.#end();
    });
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined) return;
    try {
      child.process.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // has ended by itself
    }
    await child.process.status;
    await Promise.allSettled([child.input.abort(), child.output.cancel()]);
  }

  /** Waits for the job at hand, then ends the child. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    await this.#last;
    this.#idle?.abort();
    await this.#end();
  }
}

/** False when the signal came first. */
async function sleep(
  deps: { readonly clock: Clock },
  ms: number,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await deps.clock.sleep(ms, signal);
    return true;
  } catch {
    return false;
  }
}

function never(): Promise<never> {
  return new Promise(() => {});
}

async function readLine(
  output: ReadableStreamDefaultReader<Uint8Array>,
): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let line = "";
  while (line.length <= MAX_LINE_BYTES) {
    const { done, value } = await output.read();
    if (done) return undefined;
    line += decoder.decode(value, { stream: true });
    const end = line.indexOf("\n");
    if (end >= 0) return line.slice(0, end);
  }
  return undefined;
}

async function drain(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    if (text.length < MAX_LAST_WORDS_LENGTH) text += decoder.decode(chunk, { stream: true });
  }
  return text.slice(0, MAX_LAST_WORDS_LENGTH);
}

/** Resident memory of a process, where the system has `/proc`. */
async function residentBytes(pid: number): Promise<number | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  try {
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(status);
    return match === null ? undefined : Number(match[1]) * 1024;
  } catch {
    return undefined;
  }
}

/** Time that processors have spent on a process, where the system has `/proc`. */
async function processorMs(pid: number): Promise<number | undefined> {
  if (Deno.build.os !== "linux") return undefined;
  try {
    // After the name, which may hold anything: the 14th and 15th field, of user and system.
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return undefined;
  }
}
