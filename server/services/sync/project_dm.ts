import type { ControlEvent } from "../../../core/event/event.ts";
import { parseUserId, type UserId } from "../../../core/ids/user_id.ts";
import type { Dispatch, Projection, Watchers } from "../../http/gateway/source.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { isPutAway } from "../dms/closed_dms.ts";
import { viewDm } from "../dms/view_dm.ts";
import { listInvitations } from "../invites/invitations.ts";
import { reasonOfAbsence } from "./reason_of_absence.ts";
import { entitlementsOf } from "./standing.ts";

/** A conversation as it is for one of its people: in the list, or gone from it. */
export async function conversationFrame(deps: ChatDeps, room: Room, userId: UserId) {
  const membership = room.authority.membership(userId);
  const isPair = room.authority.room.kind === "dm";
  const isListed = (membership === "join" || (isPair && membership === "invite")) &&
    !await isPutAway(deps.sql, { roomId: room.id, userId });
  return isListed
    ? { t: "dm.update" as const, d: await viewDm(deps, room, userId) }
    : { t: "dm.remove" as const, d: { room_id: room.id } };
}

/** A conversation anew for its people. */
export async function projectDm(
  deps: ChatDeps,
  room: Room,
  watchers: Watchers,
): Promise<Projection> {
  const { kind, users } = room.authority.room;
  const people = kind === "dm" ? users : [...room.authority.joinedUsers()];
  const connected = people.filter((userId) => watchers.isConnected(userId));
  const dispatches = await Promise.all(
    connected.map(async (userId): Promise<Dispatch> => ({
      ...await conversationFrame(deps, room, userId),
      audience: { to: "users", userIds: [userId] },
    })),
  );
  return { entitlements: entitlementsOf(deps, room, connected), dispatches };
}

/** As `projectDm`, and for those who heard the room and are not in it any more. */
export async function projectGroupRoom(
  deps: ChatDeps,
  room: Room,
  watchers: Watchers,
): Promise<Projection> {
  const gone = [...watchers.inRoom(room.id)].filter((userId) => !room.authority.isJoined(userId));
  return withGone(deps, room, { told: await projectDm(deps, room, watchers), gone });
}

/** What a change of a conversation of several means: for its people, and for whom it is about. */
export async function projectGroupEvent(
  deps: ChatDeps,
  room: Room,
  { event, watchers }: { readonly event: ControlEvent; readonly watchers: Watchers },
): Promise<Projection> {
  const told = await projectDm(deps, room, watchers);
  if (event.pdu.type !== "m.room.member") return told;
  const target = parseUserId(event.pdu.state_key ?? "");
  if (target === undefined || !watchers.isConnected(target)) return told;
  const gone = room.authority.isJoined(target) ? [] : [target];
  const asked = await invitationOf(deps, room, target);
  return withGone(deps, room, {
    told: { ...told, dispatches: [...asked, ...told.dispatches] },
    gone,
  });
}

function withGone(
  deps: ChatDeps,
  room: Room,
  { told, gone }: { readonly told: Projection; readonly gone: readonly UserId[] },
): Projection {
  const left = gone.filter((userId) => room.authority.membership(userId) !== "invite");
  return {
    entitlements: [...told.entitlements, ...entitlementsOf(deps, room, gone)],
    dispatches: [
      ...left.map((userId): Dispatch => ({
        t: "dm.remove",
        d: { room_id: room.id, reason: absenceOf(room, userId) },
        audience: { to: "users", userIds: [userId] },
      })),
      ...told.dispatches,
    ],
  };
}

/** Why somebody is out of a conversation of several: nobody is banned from one. */
export function absenceOf(room: Room, userId: UserId): "left" | "kicked" {
  return reasonOfAbsence(room, userId).reason === "left" ? "left" : "kicked";
}

/** The invitation as it is now: shown while it stands, gone once it is answered or withdrawn. */
async function invitationOf(deps: ChatDeps, room: Room, userId: UserId): Promise<Dispatch[]> {
  const audience = { to: "users", userIds: [userId] } as const;
  if (room.authority.membership(userId, deps.clock.now()) !== "invite") {
    return [{ t: "invitation.remove", d: { room_id: room.id }, audience }];
  }
  const shown = (await listInvitations(deps, userId)).find((each) => each.room_id === room.id);
  return shown === undefined ? [] : [{ t: "invitation.update", d: shown, audience }];
}
