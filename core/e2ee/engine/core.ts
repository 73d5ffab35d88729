import type { Mls } from "../../mls/mls.ts";
import type { Archive } from "./archive.ts";
import type { BackupQueue } from "./backup_queue.ts";
import type { OwnDevice } from "./own_device.ts";
import type { EnginePorts } from "./ports.ts";
import type { RoomStore } from "./room_store.ts";
import type { ServerKeys } from "./server_keys.ts";
import type { Trust } from "./trust.ts";
import type { EngineChange } from "./types.ts";

/** Why something did not work, for counters without content. */
export type FailureReason =
  | "future_epoch"
  | "past_epoch"
  | "generation_gone"
  | "not_genuine"
  | "welcome_unusable"
  | "commit_failed"
  | "group_differs"
  | "state_lost"
  | "no_group_info"
  | "identity_changed"
  | "backup_unusable"
  | "other";

/** The parts of one engine, as its rooms see them. */
export interface EngineCore {
  readonly ports: EnginePorts;
  readonly mls: Mls;
  readonly device: OwnDevice;
  readonly trust: Trust;
  readonly archive: Archive;
  readonly backup: BackupQueue;
  readonly rooms: RoomStore;
  readonly serverKeys: Pick<ServerKeys, "check">;
  /** Ends with the engine. */
  readonly signal: AbortSignal;
  emit(change: EngineChange): void;
  count(reason: FailureReason): void;
  /** Asks other devices for keys that are missed. */
  missing(roomId: string): void;
}

/** What this device knows of the group is of no use any more: it joins again from outside. */
export class GroupLost extends Error {
  override readonly name = "GroupLost";

  constructor(
    readonly reason: FailureReason,
    message: string,
    cause?: unknown,
    /** The epoch whose commit is another device's fault. */
    readonly unfollowed?: number,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** Somebody is to be in the group who does not belong there. */
export class UnexpectedMember extends Error {
  override readonly name = "UnexpectedMember";

  constructor(readonly users: readonly string[], roomId: string) {
    super(`Room ${roomId}: ${users.join(", ")} would be in its group and does not belong there`);
  }
}

/** A number from 0 to below 1. */
export function chance(core: EngineCore): number {
  const bytes = core.ports.rng.bytes(4);
  return bytes.reduce((value, byte) => value * 256 + byte, 0) / 2 ** 32;
}
