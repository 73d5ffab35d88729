import { decodeBase58To16 } from "../../ids/base58.ts";
import { eventId, roomId, userId } from "./fields.ts";
import { defineKind } from "./kind.ts";
import { closedObject, flag, id, type Infer, list, oneOf, optional } from "./shape.ts";

const content = closedObject({
  room_version: oneOf("og1"),
  nonce: id((text) => decodeBase58To16(text) && text, "base58 of 16 bytes"),
  kind: oneOf("guild", "private", "dm", "group_dm"),
  federate: flag,
  guild: optional(roomId),
  users: optional(list(userId, 2, 2)),
  predecessor: optional(closedObject({ room_id: roomId, tombstone: eventId })),
});
export type CreateContent = Infer<typeof content>;

/** The first event of a room; its hash is the room's name. A closed list of fields. PROTOCOL.md 2. */
export const createKind = defineKind<CreateContent>({
  type: "m.room.create",
  plane: "control",
  stateKey: "empty",
  authority: true,
  content,
  fields:
    '`room_version: "og1"`, `nonce` (b58, 16 bytes), `kind: guild/private/dm/group_dm`, `federate`, `guild?`, `users?`, `predecessor? {room_id, tombstone}`; no other field',
  right: "only as first event",
});
