/**
 * Seals what the microphone says and what is shown, and opens what others say and show, frame by
 * frame, between the browser's encoder and the network. Keys come from the tab; no key and no plain
 * frame leaves this worker but to the browser's own decoder.
 */
import { CallFrames, type FrameFault } from "../../../core/e2ee/voice/call_frames.ts";
import { unwrapPicture, wrapPicture } from "../../../core/e2ee/voice/picture_frame.ts";
import type { VoiceTrack } from "../../../core/api/voice.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { FromFrames, ToFrames, TransformOptions } from "./frame_words.ts";

/** An encoded frame of the browser. */
interface EncodedFrame {
  data: ArrayBuffer;
  /** Of a picture alone. */
  readonly type?: "key" | "delta" | "empty";
}
interface Transformer {
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
  readonly options: TransformOptions;
}
interface Scope {
  onmessage: ((event: MessageEvent<ToFrames>) => void) | null;
  onrtctransform: ((event: { readonly transformer: Transformer }) => void) | null;
  postMessage(message: FromFrames): void;
}
const scope = self as unknown as Scope;

const COUNTS_MS = 1000;

const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

let frames = new CallFrames(clock);
let group: string | undefined;
let places: Readonly<Record<string, string>> = {};
let open = false;
/** What has gone out sealed: said once. */
const sealing = new Set<VoiceTrack>();
/** Who was heard in which place: said once. */
const heard = new Map<string, string>();
const counts = { sealed: 0, opened: 0, faults: {} as Partial<Record<FrameFault, number>> };
let countedMs = 0;

scope.onmessage = ({ data }) => {
  switch (data.kind) {
    case "learn":
      if (data.groupId !== group) {
        frames.end();
        frames = new CallFrames(clock);
        group = data.groupId;
      }
      return frames.learn(data.epoch);
    case "switch":
      return frames.sendWith(data.epoch);
    case "places":
      places = data.places;
      // A place that was empty in between is silent in the tab until it is proven once more.
      for (const [mid, who] of heard) if (places[mid] !== who) heard.delete(mid);
      return;
    case "microphone":
      open = data.open;
      return;
    case "end":
      return frames.end();
  }
};

scope.onrtctransform = ({ transformer: { readable, writable, options } }) => {
  const transform = (
    frame: EncodedFrame,
    controller: TransformStreamDefaultController<EncodedFrame>,
  ) =>
    options.side === "send"
      ? seal(options.track, frame, controller)
      : openFrom(options, frame, controller);
  void readable.pipeThrough(new TransformStream({ transform })).pipeTo(writable)
    // The connection is over.
    .catch(() => undefined);
};

async function seal(
  track: VoiceTrack,
  frame: EncodedFrame,
  controller: TransformStreamDefaultController<EncodedFrame>,
): Promise<void> {
  if (track === "voice" && !open) return;
  const sealed = await frames.seal(frame.data, track);
  if (sealed === undefined) return;
  frame.data = isPicture(track) ? wrapPicture(sealed, frame.type === "key").buffer : sealed.buffer;
  controller.enqueue(frame);
  counts.sealed++;
  if (track !== "voice" && !sealing.has(track)) {
    sealing.add(track);
    scope.postMessage({ kind: "seals", track });
  }
  tell();
}

async function openFrom(
  { mid, track }: { readonly mid: string; readonly track: VoiceTrack },
  frame: EncodedFrame,
  controller: TransformStreamDefaultController<EncodedFrame>,
): Promise<void> {
  const who = places[mid];
  const came = new Uint8Array(frame.data);
  const sealed = isPicture(track) ? unwrapPicture(came) : came;
  const opened = sealed === undefined
    ? { fault: "malformed" as const }
    : await frames.open(sealed, who, track);
  if ("fault" in opened) {
    counts.faults[opened.fault] = (counts.faults[opened.fault] ?? 0) + 1;
    return tell();
  }
  frame.data = opened.plaintext;
  controller.enqueue(frame);
  counts.opened++;
  if (who !== undefined && heard.get(mid) !== who) {
    heard.set(mid, who);
    scope.postMessage({ kind: "heard", mid, who });
  }
  tell();
}

function isPicture(track: VoiceTrack): boolean {
  return track === "screen" || track === "camera";
}

function tell(): void {
  const nowMs = performance.now();
  if (nowMs - countedMs < COUNTS_MS) return;
  countedMs = nowMs;
  scope.postMessage({ kind: "counts", ...counts, faults: { ...counts.faults } });
}
