import type { Receipt, Wanted } from "../../../core/api/e2ee_groups.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Bundle } from "../../../core/mls/bundle.ts";
import type { Tx } from "../../postgres/sql.ts";
import type { Room } from "../../rooms/room.ts";
import type { Device, RegisteredDevice } from "./registered_devices.ts";

/** A key package as it is handed to who adds the device. */
export interface HandedPackage extends Device {
  readonly key_package: string;
  readonly last_resort: boolean;
}

/** What groups need of other servers: of those that order them, and of those of their members. */
export interface GroupsElsewhere {
  /**
   * Makes the copy of a group as new as its sequencer lets it be. Answers what the group's members
   * want of it, as the sequencer sees it; undefined where that cannot be asked now.
   */
  sync(room: Room): Promise<Wanted | undefined>;
  /**
   * Whether this server orders the room's group now: because it does, and no successor that it
   * named says that it took over meanwhile, or because the one that does is gone and it is this
   * one's turn. Of a group that it does not hold the server of who made the room is.
   */
  ordersHere(room: Room): Promise<boolean>;
  /** What this server can say of the one that orders the group; `look`: it tries to reach it. */
  tellSequencer(room: Room, look: boolean): Promise<{
    held: { sequencer: string; term: number; epoch: number } | null;
    reached: boolean | null;
  }>;
  /** @throws OperationError as the sequencer refuses; `unavailable` */
  found(asking: {
    readonly room: Room;
    readonly caller: RegisteredDevice;
    readonly groupId: string;
    readonly groupInfo: Uint8Array;
  }): Promise<Receipt>;
  /** @throws OperationError as the sequencer refuses; `unavailable` */
  change(change: {
    readonly room: Room;
    readonly caller: RegisteredDevice;
    readonly bundle: Bundle;
    readonly baseEpoch: number;
    readonly external: boolean;
    readonly unfollowed: number | undefined;
  }): Promise<Receipt>;
  /** Of the sequencer. @throws OperationError */
  claim(
    room: Room,
    asked: { readonly user: UserId; readonly devices: readonly { user: string; device: string }[] },
  ): Promise<HandedPackage[]>;
  /** Packages of devices of other servers, of those servers; where one is away its are absent. */
  packagesOf(room: Room, devices: readonly Device[]): Promise<readonly HandedPackage[]>;
  /** Fetches the devices of these people where nothing is known of them yet. */
  learn(users: readonly UserId[]): Promise<void>;
  /** Fetches them anew, where what is known is old. */
  refresh(users: readonly UserId[]): Promise<unknown>;
  /** Within the transaction of a change: the members' servers will hear of it. */
  tellMembers(tx: Tx, room: Room): Promise<void>;
  /** After it. */
  wake(): void;
}
