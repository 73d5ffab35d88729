import type { ToDevice } from "../../core/e2ee/to_device.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type { Word } from "../../core/rules/relationship.ts";
import type { ChannelRef, TypingPlace } from "../ports.ts";

export type ShownPresence = "online" | "idle" | "dnd" | "offline";

/** The rooms that EDUs are judged by. */
export interface EduRooms {
  /** Of the room's present state; undefined where it is not held. */
  authority(roomId: RoomId): Promise<Authority | undefined>;
  /** Rooms that a user is joined to, at most `limit`. */
  joinedRooms(user: UserId, limit: number): Promise<readonly RoomId[]>;
  /** Rooms that both are joined to, at most `limit`. */
  sharedRooms(pair: readonly [UserId, UserId], limit: number): Promise<readonly RoomId[]>;
  /** Whom a user of this server has as friends on others, at most `limit`. */
  friendsElsewhere(user: UserId, limit: number): Promise<readonly UserId[]>;
  /** Whether a user of another server is the friend of `who`, or of anybody here. */
  isFriendHere(user: UserId, who?: UserId): Promise<boolean>;
}

/** Where EDUs that passed every check are shown. Nothing here throws for what it does not know. */
export interface EduShow {
  typing(user: UserId, place: TypingPlace): void;
  /** Moves forwards alone; an event that is not held changes nothing. */
  read(user: UserId, channel: ChannelRef, eventId: EventId): Promise<void>;
  /** What somebody says to a user about being friends; refusal is silence. */
  relationship(said: { readonly from: UserId; readonly to: UserId; readonly word: Word }): Promise<
    void
  >;
  /** A user of another server looks different from what may be held here. */
  profile(user: UserId): void;
  /** Identity or devices of a user of another server are newer than what may be held here. */
  devices(user: UserId, version: number): Promise<void>;
  /** The group of a room has a newer epoch, or Welcomes wait, says a server. */
  group(
    said: {
      readonly server: ServerName;
      readonly roomId: RoomId;
      readonly term: number;
      readonly epoch: number;
    },
  ): Promise<void>;
  /** Refusal is silence. */
  toDevice(message: ToDevice): Promise<void>;
  /** Forgotten by itself after `forMs`. */
  presence(user: UserId, shown: ShownPresence, forMs: number): void;
}
