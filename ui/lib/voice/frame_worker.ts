/**
 * Seals what the microphone says and opens what others say, frame by frame, between the browser's
 * encoder and the network. Keys come from the tab; no key and no sound leaves this worker.
 */
import { CallFrames, type FrameFault } from "../../../core/e2ee/voice/call_frames.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { FromFrames, ToFrames, TransformOptions } from "./frame_words.ts";

/** An encoded frame of the browser. */
interface EncodedFrame {
  data: ArrayBuffer;
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
  const transform = options.side === "send" ? seal : (
    frame: EncodedFrame,
    controller: TransformStreamDefaultController<EncodedFrame>,
  ) => openFrom(options.mid, frame, controller);
  void readable.pipeThrough(new TransformStream({ transform })).pipeTo(writable)
    // The connection is over.
    .catch(() => undefined);
};

async function seal(
  frame: EncodedFrame,
  controller: TransformStreamDefaultController<EncodedFrame>,
): Promise<void> {
  if (!open) return;
  const sealed = await frames.seal(frame.data);
  if (sealed === undefined) return;
  frame.data = sealed.buffer;
  controller.enqueue(frame);
  counts.sealed++;
  tell();
}

async function openFrom(
  mid: string,
  frame: EncodedFrame,
  controller: TransformStreamDefaultController<EncodedFrame>,
): Promise<void> {
  const who = places[mid];
  const opened = await frames.open(new Uint8Array(frame.data), who);
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

function tell(): void {
  const nowMs = performance.now();
  if (nowMs - countedMs < COUNTS_MS) return;
  countedMs = nowMs;
  scope.postMessage({ kind: "counts", ...counts, faults: { ...counts.faults } });
}
