import type { DoctorReport } from "../../core/api/admin_server.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Finding } from "./finding.ts";

/** Runs the checks inside the server, one run at a time, and keeps what the last one saw. */
export class DoctorDesk {
  readonly #clock: Clock;
  readonly #examine: () => Promise<Finding[]>;
  #last: DoctorReport | undefined;
  #running: Promise<DoctorReport> | undefined;

  constructor(clock: Clock, examine: () => Promise<Finding[]>) {
    this.#clock = clock;
    this.#examine = examine;
  }

  /** What the last run saw; the first question runs the checks. */
  async last(): Promise<DoctorReport> {
    return this.#last ?? await this.run();
  }

  /** Whoever asks while a run is under way gets that run. */
  run(): Promise<DoctorReport> {
    this.#running ??= this.#run().finally(() => this.#running = undefined);
    return this.#running;
  }

  async #run(): Promise<DoctorReport> {
    const findings = await this.#examine();
    this.#last = {
      ran_ts: this.#clock.now(),
      findings: findings.map((each) => ({
        ...each,
        values: { ...each.values },
        advice_code: each.advice_code ?? null,
        advice: each.advice ?? null,
      })),
    };
    return this.#last;
  }
}
