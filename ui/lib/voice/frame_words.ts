import type { VoiceTrack } from "../../../core/api/voice.ts";
import type { CallEpoch, FrameFault } from "../../../core/e2ee/voice/call_frames.ts";

/** What a tab tells the worker that seals and opens frames. */
export type ToFrames =
  /** An epoch of the call's group; another group than before is a call of its own. */
  | { readonly kind: "learn"; readonly groupId: string; readonly epoch: CallEpoch }
  | { readonly kind: "switch"; readonly epoch: number }
  /** What of whom comes in which part of the connection: device names by mid. */
  | { readonly kind: "places"; readonly places: Readonly<Record<string, string>> }
  /** Nothing of the microphone leaves while it is shut. */
  | { readonly kind: "microphone"; readonly open: boolean }
  | { readonly kind: "end" };

/** What the worker tells. */
export type FromFrames =
  /** A first frame of this device was genuine: it may be heard. */
  | { readonly kind: "heard"; readonly mid: string; readonly who: string }
  /** A first frame of this track was sealed. */
  | { readonly kind: "seals"; readonly track: VoiceTrack }
  /** Frames so far, by what became of them; about once a second while any come. */
  | {
    readonly kind: "counts";
    readonly sealed: number;
    readonly opened: number;
    readonly faults: Readonly<Partial<Record<FrameFault, number>>>;
  };

/** What a transform is made with. `mid` of a receiver: its place in the connection. */
export type TransformOptions =
  & { readonly track: VoiceTrack }
  & ({ readonly side: "send" } | { readonly side: "receive"; readonly mid: string });
