import { setImmediate } from "node:timers";
import { assert } from "../../core/assert.ts";

interface Task {
  readonly atMs: number;
  /** Tasks of one moment run in the order in which they were asked for. */
  readonly turn: number;
  readonly run: () => void;
  dropped: boolean;
}

/** Virtual time, and everything that will happen in it: one thread, one order, no real clock. */
export class World {
  readonly #tasks: Task[] = [];
  #nowMs: number;
  #turn = 0;
  #ran = 0;
  /** Errors that nobody caught, of parts that run by themselves. */
  readonly faults: unknown[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  /** True time, ms since the epoch. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Tasks that have run: the length of a history. */
  get ran(): number {
    return this.#ran;
  }

  /** Runs something after `ms`; the answer takes it back. */
  after(ms: number, run: () => void): () => void {
    const task = { atMs: this.#nowMs + Math.max(0, ms), turn: this.#turn++, run, dropped: false };
    push(this.#tasks, task);
    return () => task.dropped = true;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /** Lets time pass until `untilMs`, or until `done` says so after a task. */
  async runUntil(untilMs: number, done: () => boolean = () => false): Promise<void> {
    await settle();
    while (!done()) {
      const next = this.#tasks[0];
      if (next === undefined || next.atMs > untilMs) break;
      pop(this.#tasks);
      if (next.dropped) continue;
      assert(next.atMs >= this.#nowMs, "virtual time never runs backwards");
      this.#nowMs = next.atMs;
      this.#ran++;
      next.run();
      await settle();
    }
    if (!done()) this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  /** Watches something that runs by itself: what it throws is a fault of the history. */
  watch(work: Promise<unknown>): void {
    work.catch((error) => this.faults.push(error));
  }
}

/** Lets every promise that can go on do so: nothing in a history waits for anything real. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => resolve()));
}

function before(a: Task, b: Task): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.turn < b.turn);
}

/** A binary heap, the next task at 0. */
function push(heap: Task[], task: Task): void {
  let at = heap.length;
  heap.push(task);
  while (at > 0) {
    const up = (at - 1) >> 1;
    const parent = heap[up] as Task;
    if (!before(task, parent)) break;
    heap[at] = parent;
    at = up;
  }
  heap[at] = task;
}

function pop(heap: Task[]): void {
  const last = heap.pop() as Task;
  if (heap.length === 0) return;
  let at = 0;
  while (true) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Task, heap[child] as Task)) child++;
    if (!before(heap[child] as Task, last)) break;
    heap[at] = heap[child] as Task;
    at = child;
  }
  heap[at] = last;
}
