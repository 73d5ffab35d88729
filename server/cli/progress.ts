import type { CliIo } from "./io.ts";

const BAR_WIDTH = 24;
const REDRAW_MS = 100;
/** Without a terminal one line now and then is enough to show that work goes on. */
const LINE_MS = 10_000;

/** Shows how far long work has come: a bar on a terminal, a line now and then elsewhere. */
export class Progress implements Disposable {
  readonly #io: CliIo;
  #label = "";
  #text = "";
  #drawnMs = -Infinity;
  #open = false;

  constructor(io: CliIo) {
    this.#io = io;
  }

  /** `total` 0: how much there is to do is not known, `done` (where it is not 0) is counted. */
  update(label: string, done: number, total: number): void {
    const nowMs = this.#io.clock.monotonic();
    const fresh = label !== this.#label;
    const everyMs = this.#io.errIsTerminal ? REDRAW_MS : LINE_MS;
    const last = total > 0 && done >= total;
    if (!fresh && nowMs - this.#drawnMs < everyMs && !last) return;
    const text = total > 0
      ? `${bar(done, total)} ${percent(done, total)}  ${label}`
      : done > 0
      ? `${label} (${done} so far)`
      : label;
    if (!fresh && text === this.#text) return;
    if (fresh) this.finish();
    this.#label = label;
    this.#text = text;
    this.#drawnMs = nowMs;
    if (this.#io.errIsTerminal) {
      this.#io.err(`\r\x1b[K${text.slice(0, this.#io.columns - 1)}`);
      this.#open = true;
    } else {
      this.#io.err(`${text}\n`);
    }
  }

  /** Ends the bar's line. */
  finish(): void {
    if (this.#open) this.#io.err("\n");
    this.#open = false;
  }

  [Symbol.dispose](): void {
    this.finish();
  }
}

function bar(done: number, total: number): string {
  const filled = Math.round(Math.min(1, done / total) * BAR_WIDTH);
  return `[${"#".repeat(filled)}${".".repeat(BAR_WIDTH - filled)}]`;
}

function percent(done: number, total: number): string {
  return `${Math.floor(Math.min(1, done / total) * 100)}%`.padStart(4);
}
