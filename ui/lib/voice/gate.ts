/** A pause between words does not shut the microphone (ms). */
const HOLD_MS = 400;
/** After the last word that was let through, silence goes out before nothing does (ms). */
export const TAIL_MS = 300;

export interface GateInput {
  readonly nowMs: number;
  /** Of the microphone at this moment, dB under full scale. */
  readonly levelDb: number;
  readonly thresholdDb: number;
  readonly pushToTalk: boolean;
  /** The key or button is held. */
  readonly pushed: boolean;
  /** Neither muted nor deafened, nor kept from speaking. */
  readonly allowed: boolean;
}

/** Decides at each moment whether the microphone is let through. */
export class Gate {
  #loudMs = -Infinity;

  next({ nowMs, levelDb, thresholdDb, pushToTalk, pushed, allowed }: GateInput): boolean {
    if (!allowed) {
      this.#loudMs = -Infinity;
      return false;
    }
    if (pushToTalk) return pushed;
    if (levelDb >= thresholdDb) this.#loudMs = nowMs;
    return nowMs - this.#loudMs < HOLD_MS;
  }
}

/** The level of samples, dB under full scale; silence is -100. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const power = sum / samples.length;
  return power <= 1e-10 ? -100 : 10 * Math.log10(power);
}
