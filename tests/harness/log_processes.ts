import { TextLineStream } from "./lines.ts";
import type { LogProcessLine, LogProcessOptions } from "./log_process.ts";

/** What a process said of its events before it ended, however it ended. */
export class ProcessReport {
  readonly stored = new Map<string, { writer: number; at: number }>();
  readonly refused = new Map<string, string>();
  readonly ready: Promise<void>;
  readonly ended: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;

  constructor(options: LogProcessOptions) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--no-check",
        "--allow-all",
        new URL("./log_process.ts", import.meta.url).pathname,
        JSON.stringify(options),
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    const reading = this.#read(resolve);
    this.ended = this.#child.status.then(async (status) => {
      await reading;
      reject(new Error("The process ended before it was ready."));
      return status;
    });
    this.ready.catch(() => undefined);
  }

  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      // It has ended already.
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.stdin.close().catch(() => undefined);
    await this.ended;
  }

  async stop(): Promise<Deno.CommandStatus> {
    await this.#child.stdin.close();
    return await this.ended;
  }

  async #read(onReady: () => void): Promise<void> {
    const lines = this.#child.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const text of lines) {
      const line = JSON.parse(text) as LogProcessLine;
      if (line.kind === "ready") onReady();
      else if (line.kind === "stored") {
        this.stored.set(line.id, { writer: line.writer, at: line.at });
      } else this.refused.set(line.id, line.code);
    }
  }
}
