import type { ControlEvent } from "../event/event.ts";
import type { JsonValue } from "../event/json.ts";
import type { RoomId } from "../ids/room_id.ts";
import { parseUserId, type UserId } from "../ids/user_id.ts";

export type RoomKind = "guild" | "private" | "dm" | "group_dm";

const KINDS: ReadonlySet<string> = new Set(["guild", "private", "dm", "group_dm"]);

/** What the create event fixes for ever; authorisation may read it because `room_id` implies it. */
export interface RoomFacts {
  readonly roomId: RoomId;
  readonly kind: RoomKind;
  readonly creator: UserId;
  /** False: only users of the creator's server can act in the room or be its members. */
  readonly federate: boolean;
  /** The two people of a DM, sorted; empty in other kinds. */
  readonly users: readonly UserId[];
  /** The guild of a private room. */
  readonly guild: string | undefined;
}

/**
 * The facts of a room, or undefined where the content is not that of a create event:
 * unknown kind, or a DM that does not name two different people, sorted, its creator among them.
 * PROTOCOL.md 2 and 10.
 */
export function roomFacts(create: ControlEvent): RoomFacts | undefined {
  const { content, sender } = create.pdu;
  const kind = content["kind"];
  if (!isKind(kind)) return undefined;
  const users = parseUsers(content["users"]);
  if (users === undefined) return undefined;
  if (kind === "dm") {
    const [first, second] = users;
    if (users.length !== 2 || first === undefined || second === undefined) return undefined;
    if (first >= second || !users.includes(sender)) return undefined;
  } else if (users.length > 0) return undefined;
  const guild = content["guild"];
  if ((kind === "private") !== (typeof guild === "string")) return undefined;
  return {
    roomId: create.roomId,
    kind,
    creator: sender,
    federate: content["federate"] !== false,
    users,
    guild: typeof guild === "string" ? guild : undefined,
  };
}

function isKind(value: JsonValue | undefined): value is RoomKind {
  return typeof value === "string" && KINDS.has(value);
}

function parseUsers(value: JsonValue | undefined): UserId[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return undefined;
  const users: UserId[] = [];
  for (const item of value) {
    const user = typeof item === "string" ? parseUserId(item) : undefined;
    if (user === undefined) return undefined;
    users.push(user);
  }
  return users;
}

/** Whether the room has an owner and the tables of roles: a guild, or a private room of one. */
export function hasTables(room: RoomFacts): boolean {
  return room.kind === "guild" || room.kind === "private";
}
