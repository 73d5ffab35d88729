import type { Group, Leaf } from "../../mls/group.ts";
import type { Certificate } from "../certificate.ts";
import type { Orders } from "../receipt_chain.ts";
import { type EngineCore, UnexpectedMember } from "./core.ts";
import { belongs, readGroupId, sameKind } from "./group_name.ts";
import type { StoreChange } from "./ports.ts";
import {
  NEW_ROOM,
  type Pending,
  type RoomMeta,
  type RoomRows,
  type RoomStep,
} from "./room_store.ts";
import type { RoomKind, RoomReason } from "./types.ts";

/** A certified leaf. */
export interface Member extends Leaf {
  readonly certificate: Certificate;
}

/**
 * What a room is at this moment, in memory and on disk alike. A step is stored first and seen
 * then; where storing fails, everything is read anew: whether it was stored is not known.
 */
export class RoomBox {
  #rows: RoomRows | undefined;
  /** Something was said of the room since it was last looked at. */
  dirty = true;
  /** The user is no member of the room (any more), or the room is gone. */
  gone = false;
  /** Somebody came into the room none of whose devices is in the group yet. */
  newcomers = false;
  /** How often in a row this device was refused on its way into the group. */
  refusals = 0;
  /** It was refused a moment ago, and waits before it tries again. */
  barred = false;
  /** When the user came into the room, as far as it was said, ms. */
  sinceMs: number | undefined;
  /** The server that orders the group, as far as it was said. */
  sequencer: string | undefined;
  /** Who takes over from it, as far as it was said. */
  successors: readonly string[] = [];
  /** Who ordered the group in each term, as far as it was proven in this life of the device. */
  orders: Orders | undefined;
  /** Troubles that the interface shows, with whom or what they are about. */
  readonly troubles = new Map<RoomReason, readonly string[]>();

  constructor(readonly core: EngineCore, readonly roomId: string) {}

  async load(): Promise<void> {
    this.#rows ??= await this.core.rooms.load(this.roomId);
  }

  get meta(): RoomMeta {
    return this.#rows?.meta ?? NEW_ROOM;
  }

  get group(): Group | undefined {
    return this.#rows?.group;
  }

  get pending(): Pending | undefined {
    return this.#rows?.pending;
  }

  /** Stores a step, with other rows that belong to it. */
  async step(step: RoomStep, also: readonly StoreChange[] = []): Promise<void> {
    await this.load();
    const { rows, after } = this.core.rooms.rowsOf(this.roomId, this.#rows as RoomRows, step);
    try {
      await this.core.ports.store.write([...also, ...rows]);
    } catch (error) {
      this.#rows = undefined;
      throw error;
    }
    this.#rows = after;
  }

  /** A trouble begins. */
  trouble(reason: RoomReason, about: readonly string[] = []): void {
    this.troubles.set(reason, about);
    this.changed();
  }

  /** A trouble is over. */
  well(reason: RoomReason): void {
    if (this.troubles.delete(reason)) this.changed();
  }

  changed(): void {
    this.core.emit({ what: "room", roomId: this.roomId });
  }

  /**
   * The members of a group that may be this room's, each with its certificate.
   * @throws UnexpectedMember where one does not belong there, or the group is another room's.
   */
  async checkMembers(group: Group): Promise<{ kind: RoomKind; members: readonly Member[] }> {
    const members: Member[] = [];
    for (const leaf of group.leaves()) {
      const certificate = await this.core.trust.certificateOf(leaf.credential, leaf.signatureKey);
      if (certificate === undefined) throw new UnexpectedMember(["?"], this.roomId);
      members.push({ ...leaf, certificate });
    }
    const { expected } = this.meta;
    const users = new Set(members.map(({ certificate }) => certificate.user as string));
    const named = new Set([...users, ...(expected?.kind === "dm" ? expected.users : [])]);
    const kind = readGroupId(group.groupId, this.roomId, named);
    if (kind === undefined || (expected !== undefined && !sameKind(kind, expected))) {
      throw new UnexpectedMember([...users], this.roomId);
    }
    const strange = [...users].filter((user) => !belongs(kind, user));
    if (strange.length > 0) throw new UnexpectedMember(strange, this.roomId);
    await this.core.trust.observe(
      members.map(({ certificate: { user, msk } }) => ({ user, msk })),
      { inGroup: true },
    );
    return { kind, members };
  }
}
