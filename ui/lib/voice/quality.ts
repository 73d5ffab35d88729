import type { CallQuality } from "../store/voice.ts";

/** What one look at the connection says; counters are since its beginning. */
export interface Figures {
  readonly rttMs: number | undefined;
  readonly received: number;
  readonly lost: number;
  readonly jitterMs: number | undefined;
  /** Of what is sent, 0 to 1, as the server reports it. */
  readonly lossSent: number | undefined;
}

interface Stat {
  readonly type: string;
  readonly kind?: string;
  readonly state?: string;
  readonly nominated?: boolean;
  readonly currentRoundTripTime?: number;
  readonly roundTripTime?: number;
  readonly packetsReceived?: number;
  readonly packetsLost?: number;
  readonly fractionLost?: number;
  readonly jitter?: number;
}

export function readFigures(report: Iterable<unknown>): Figures {
  let rttS: number | undefined;
  let received = 0;
  let lost = 0;
  let jitterS: number | undefined;
  let lossSent: number | undefined;
  for (const stat of report as Iterable<Stat>) {
    if (stat.type === "candidate-pair" && stat.state === "succeeded" && stat.nominated !== false) {
      rttS = stat.currentRoundTripTime ?? rttS;
    }
    if (stat.type === "inbound-rtp" && (stat.packetsReceived ?? 0) > 0) {
      received += stat.packetsReceived ?? 0;
      lost += Math.max(stat.packetsLost ?? 0, 0);
      if (stat.jitter !== undefined) jitterS = Math.max(jitterS ?? 0, stat.jitter);
    }
    if (stat.type === "remote-inbound-rtp") lossSent = stat.fractionLost ?? lossSent;
  }
  const ms = (seconds: number | undefined) =>
    seconds === undefined ? undefined : Math.round(seconds * 1000);
  return { rttMs: ms(rttS), received, lost, jitterMs: ms(jitterS), lossSent };
}

export interface FrameCounts {
  readonly opened: number;
  readonly failed: number;
}

/** The quality of the time between two looks. */
export function qualityOf(
  before: { readonly figures: Figures; readonly frames: FrameCounts },
  now: { readonly figures: Figures; readonly frames: FrameCounts },
): CallQuality {
  const received = now.figures.received - before.figures.received;
  const lost = now.figures.lost - before.figures.lost;
  const lossHere = received + lost > 0 && lost >= 0 ? lost / (received + lost) : undefined;
  const opened = now.frames.opened - before.frames.opened;
  const failed = now.frames.failed - before.frames.failed;
  const losses = [lossHere, now.figures.lossSent].filter((loss) => loss !== undefined);
  return {
    rttMs: now.figures.rttMs,
    loss: losses.length === 0 ? undefined : Math.max(...losses),
    jitterMs: now.figures.jitterMs,
    undecryptable: opened + failed === 0 ? undefined : failed / (opened + failed),
  };
}

export type QualityGrade = "unknown" | "good" | "fair" | "poor";

/** One word for it: the worst of what is known. */
export function gradeOf(quality: CallQuality | undefined): QualityGrade {
  if (quality?.rttMs === undefined && quality?.loss === undefined) return "unknown";
  const { rttMs = 0, loss = 0, jitterMs = 0, undecryptable = 0 } = quality;
  if (rttMs > 400 || loss > 0.1 || jitterMs > 100 || undecryptable > 0.2) return "poor";
  return rttMs > 200 || loss > 0.03 || jitterMs > 40 || undecryptable > 0.02 ? "fair" : "good";
}
