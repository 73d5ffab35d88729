/** Least time between two announcements (ms). */
export const ANNOUNCE_EVERY_MS = 1000;
/** Of more than this many at once only the number is said. */
const SAID_SINGLY = 3;
const HELD_MAX = 50;

export interface AnnouncerPorts {
  now(): number;
  after(ms: number, act: () => void): void;
  /** Words for many at once. */
  summary(count: number): string;
  say(text: string): void;
}

/**
 * Says what arrives to screen readers, no faster than it can be listened to: at most once a
 * second, and only how many where many came (client design 4.3).
 */
export class Announcer {
  readonly #ports: AnnouncerPorts;
  #waiting: string[] = [];
  #count = 0;
  #lastMs = -Infinity;
  #timed = false;
  on = true;

  constructor(ports: AnnouncerPorts) {
    this.#ports = ports;
  }

  add(text: string): void {
    if (!this.on) return;
    this.#count++;
    if (this.#waiting.length < HELD_MAX) this.#waiting.push(text);
    const leftMs = this.#lastMs + ANNOUNCE_EVERY_MS - this.#ports.now();
    if (leftMs <= 0) return this.#say();
    if (this.#timed) return;
    this.#timed = true;
    this.#ports.after(leftMs, () => {
      this.#timed = false;
      this.#say();
    });
  }

  /** Forgets what was not said yet, as when another channel is opened. */
  clear(): void {
    this.#waiting = [];
    this.#count = 0;
  }

  #say(): void {
    if (this.#count === 0) return;
    const text = this.#count > SAID_SINGLY
      ? this.#ports.summary(this.#count)
      : this.#waiting.join(" ");
    this.clear();
    this.#lastMs = this.#ports.now();
    this.#ports.say(text);
  }
}
