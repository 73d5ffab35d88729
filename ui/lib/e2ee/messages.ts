import type {
  DeviceEngine,
  DeviceState,
  EngineChange,
  RoomState,
  Verification,
} from "../../../core/e2ee/engine/types.ts";
import type { DeviceDispatch } from "../../../core/e2ee/engine/ports.ts";

/** What a tab may ask of the engine, wherever that runs. */
export const ASKABLE = [
  "setUp",
  "expect",
  "enable",
  "sync",
  "seal",
  "open",
  "shareHistory",
  "disclose",
  "readTexts",
  "search",
  "forgetTexts",
  "devices",
  "counters",
  "health",
  "acceptIdentity",
  "startVerification",
  "acceptVerification",
  "confirmVerification",
  "cancelVerification",
  "showCode",
  "scanCode",
  "backupState",
  "createBackup",
  "addPassphrase",
  "addPasskey",
  "passkeyWay",
  "removeSlot",
  "restore",
  "resetIdentity",
  "openCall",
  "foundCall",
  "joinCallFromOutside",
  "commitCall",
  "takeCall",
  "dropCallCommit",
  "endCall",
] as const satisfies readonly (keyof DeviceEngine)[];
export type Askable = (typeof ASKABLE)[number];

export type AskArgs<Name extends Askable> = Parameters<DeviceEngine[Name]>;
export type AskResult<Name extends Askable> = Awaited<ReturnType<DeviceEngine[Name]>>;

/** An error on its way between a tab and the worker: classes do not survive it. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  /** `SealRefused`: its reason; `CallRefused`: its code. */
  readonly reason: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;
}

/** Everything a tab shows without asking. */
export interface EngineView {
  readonly device: DeviceState;
  readonly rooms: readonly RoomState[];
  readonly verifications: readonly Verification[];
}

/** What goes over the channel that all tabs of one account share with the engine. */
export type EngineMessage =
  | { readonly kind: "hello" }
  | {
    readonly kind: "ask";
    readonly id: string;
    readonly name: Askable;
    readonly args: readonly unknown[];
  }
  | { readonly kind: "dispatch"; readonly dispatch: DeviceDispatch | "connected" }
  | { readonly kind: "answer"; readonly id: string; readonly value: unknown }
  | { readonly kind: "refused"; readonly id: string; readonly error: PlainError }
  /**
   * The engine runs, perhaps in another tab than before: what was not answered is asked again.
   * `life` is another one with each start of it.
   */
  | { readonly kind: "up"; readonly view: EngineView; readonly life: string }
  | { readonly kind: "change"; readonly change: EngineChange; readonly view: EngineView };

/** A BroadcastChannel, or what stands for one in tests. */
export interface EngineChannel {
  postMessage(message: EngineMessage): void;
  onmessage: ((event: MessageEvent<EngineMessage>) => unknown) | null;
}

export const channelName = (userId: string) => `og-e2ee ${userId}`;
