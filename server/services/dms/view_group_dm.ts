import type { GroupDm } from "../../../core/api/gateway.ts";
import type { User } from "../../../core/api/user.ts";
import { MAIN_CHANNEL } from "../../../core/ids/channel_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { byJoining, groupPeople } from "../../../core/permissions/group_people.ts";
import { isHistoryJoined } from "../../../core/permissions/joined_history.ts";
import { contentOf, textOf } from "../../rooms/content.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { isEncrypted, mayEncrypt } from "../e2ee/room_encryption.ts";
import { lastMessages } from "../messages/message_rows.ts";
import { unknownUser } from "../messages/project_messages.ts";

/** A conversation of several as one of its people sees it. */
export async function viewGroupDm(
  deps: Pick<ChatDeps, "sql" | "users" | "clock">,
  room: Room,
  userId: UserId,
): Promise<GroupDm> {
  const people = await deps.users.find(peopleOf(room, deps.clock.now()));
  const last = await lastMessages(deps.sql, [{ roomId: room.id, channelId: MAIN_CHANNEL }]);
  return projectGroupDm(room, userId, {
    people,
    last: last.get(`${room.id}\0${MAIN_CHANNEL}`),
    nowMs: deps.clock.now(),
  });
}

/** Who is in it, longest first, then who is invited. */
export function peopleOf({ authority }: Pick<Room, "authority">, nowMs: number): UserId[] {
  const invited = groupPeople(authority, nowMs).filter((user) => !authority.isJoined(user));
  return [...byJoining(authority), ...invited.sort()];
}

export function projectGroupDm(
  room: Room,
  userId: UserId,
  look: {
    readonly people: ReadonlyMap<UserId, User>;
    readonly last: { readonly eventId: string; readonly ts: number } | undefined;
    readonly nowMs: number;
  },
): GroupDm {
  const { authority } = room;
  const meta = contentOf(authority.view.get("m.guild.meta", ""));
  const owner = authority.owner();
  const begun = authority.view.get("m.room.member", userId)?.pdu.origin_ts ?? 0;
  return {
    kind: "group",
    room_id: room.id,
    channel_id: "main",
    name: textOf(meta, "name"),
    icon: textOf(meta, "icon"),
    owner: owner !== undefined && authority.isJoined(owner) ? owner : null,
    people: peopleOf(room, look.nowMs).map((user) => ({
      user: look.people.get(user) ?? unknownUser(user),
      state: authority.isJoined(user) ? "joined" : "invited",
    })),
    state: "joined",
    last_message_id: look.last?.eventId ?? null,
    last_ts: look.last?.ts ?? begun,
    encrypted: isEncrypted(authority),
    may_encrypt: mayEncrypt(authority, userId),
    ...(isHistoryJoined(authority) ? {} : { history: "shared" }),
  };
}
