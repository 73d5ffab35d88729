import { TextLineStream } from "../harness/lines.ts";

/** A program in a process of its own that is told, and tells, lines of JSON. */
export class Part implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #output: ReadableStreamDefaultReader<string>;

  /** `file` is beside this one. */
  constructor(file: string, ...args: string[]) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", new URL(file, import.meta.url).pathname, ...args],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#input = this.#child.stdin.getWriter();
    this.#output = this.#child.stdout
      .pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
  }

  get pid(): number {
    return this.#child.pid;
  }

  async tell(command: unknown): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(command)}\n`));
  }

  /** The next line. Throws when the program ended instead. */
  async hear<Told>(): Promise<Told> {
    const { value, done } = await this.#output.read();
    if (done) throw new Error("A part of the bench ended before it answered.");
    return JSON.parse(value) as Told;
  }

  async ask<Told>(command: unknown): Promise<Told> {
    await this.tell(command);
    return await this.hear<Told>();
  }

  /** Ends its standard input, and with it the program. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => undefined);
    await this.#output.cancel();
    await this.#child.status;
  }
}

/** The other side: answers each line of standard input until it ends. */
export async function serveLines<Command>(
  answer: (command: Command) => Promise<unknown>,
): Promise<void> {
  const lines = Deno.stdin.readable
    .pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
  for await (const line of lines) {
    console.log(JSON.stringify(await answer(JSON.parse(line) as Command)));
  }
  Deno.exit();
}
