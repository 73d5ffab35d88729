import { limits } from "../../core/limits.ts";
import { CLOCK_PER_MS } from "../signalling/tracks.ts";
import type { Reception, SenderReport } from "./rtcp.ts";

const JITTER_GAIN = 1 / 16;
const REPORT_UNITS_PER_MS = 65_536 / 1000;

/** What arrived of one stream, for reports to its sender (RFC 3550, 6.4.1 and A.3, A.8). */
export class ReceptionCounter {
  readonly stream: number;
  readonly #first: number;
  readonly #clockPerMs: number;
  #highest: number;
  #received = 0;
  #jitter = 0;
  #transit: number | undefined;
  #before = { expected: 0, received: 0 };
  #toldAt = -Infinity;
  #report: { readonly middle: number; readonly at: number } | undefined;

  constructor(stream: number, firstIndex: number, clockPerMs: number = CLOCK_PER_MS.audio) {
    this.stream = stream;
    this.#clockPerMs = clockPerMs;
    this.#first = firstIndex;
    this.#highest = firstIndex;
  }

  /** The highest index that has come. */
  get highest(): number {
    return this.#highest;
  }

  /** A packet of the stream. `now` in milliseconds, of a clock that never jumps. */
  count(index: number, timestamp: number, now: number): void {
    this.#received++;
    this.#highest = Math.max(this.#highest, index);
    const transit = (now * this.#clockPerMs - timestamp) % 0x1_0000_0000;
    const change = Math.abs(transit - (this.#transit ?? transit));
    // The timestamp has gone round, or its sender has paused: that is no jitter.
    if (change < this.#clockPerMs * 1000) this.#jitter += (change - this.#jitter) * JITTER_GAIN;
    this.#transit = transit;
  }

  /** Returns whether listeners are to be told of it: it is the stream's, and not the next at once. */
  takeReport({ stream, middle }: SenderReport, now: number): boolean {
    if (stream !== this.stream) return false;
    this.#report = { middle, at: now };
    if (now - this.#toldAt < limits.voice.senderReportMs) return false;
    this.#toldAt = now;
    return true;
  }

  /** Figures for a report, of which the lost fraction begins anew. */
  report(now: number): Reception {
    const expected = this.#highest - this.#first + 1;
    const interval = {
      expected: expected - this.#before.expected,
      received: this.#received - this.#before.received,
    };
    this.#before = { expected, received: this.#received };
    const lost = interval.expected - interval.received;
    return {
      stream: this.stream,
      fractionLost: lost <= 0 ? 0 : Math.min(255, Math.floor(lost * 256 / interval.expected)),
      totalLost: Math.max(0, expected - this.#received),
      highest: this.#highest % 0x1_0000_0000,
      jitter: Math.floor(this.#jitter),
      lastReport: this.#report?.middle ?? 0,
      sinceLastReport: this.#report === undefined
        ? 0
        : Math.floor((now - this.#report.at) * REPORT_UNITS_PER_MS),
    };
  }
}
