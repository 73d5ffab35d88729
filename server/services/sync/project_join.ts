import type { Dispatch, Projection, Watchers } from "../../http/gateway/source.ts";
import { openResident } from "../../federation/resident_rooms.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { listDms } from "../dms/view_dm.ts";
import { listInvitations } from "../invites/invitations.ts";
import { guildUpdates } from "./guild_frames.ts";
import type { JoinNotice } from "./join_notice.ts";
import { memberUpdate, movedFrom, projectWholeRoom } from "./project_control.ts";
import { conversationFrame } from "./project_dm.ts";
import { entitlementOf } from "./standing.ts";

const NOTHING: Projection = { entitlements: [], dispatches: [] };

/** What a notice about a join or an invitation means for the user's devices. */
export async function projectJoin(
  deps: ChatDeps,
  notice: JoinNotice,
  watchers: Watchers,
): Promise<Projection> {
  const { roomId, userId } = notice;
  if (notice.kind === "progress") {
    const room = await deps.rooms.open(roomId);
    if (room?.checking === undefined) return NOTHING;
    room.checking = notice.checking;
    return toUser(userId, [{
      t: "guild.checking",
      d: { guild_id: roomId, checking: notice.checking },
    }]);
  }
  if (!watchers.isConnected(userId)) return NOTHING;
  switch (notice.kind) {
    case "room":
      return await projectRoom(deps, notice, watchers);
    case "gone":
      return {
        ...toUser(userId, [
          { t: "guild.remove", d: { guild_id: roomId, reason: notice.reason } },
          { t: "invitation.remove", d: { room_id: roomId } },
        ]),
        entitlements: [{ userId, roomId, channelIds: null }],
      };
    case "conversation": {
      const room = await deps.rooms.open(roomId);
      return room === undefined
        ? NOTHING
        : toUser(userId, [await conversationFrame(deps, room, userId)]);
    }
    case "invitation":
      return toUser(userId, await invitationState(deps, notice));
  }
}

async function projectRoom(
  deps: ChatDeps,
  { roomId, userId }: JoinNotice,
  watchers: Watchers,
): Promise<Projection> {
  const room = await deps.rooms.open(roomId);
  if (room === undefined || !room.authority.isJoined(userId)) return NOTHING;
  const own = entitlementOf(room, userId, deps.clock.now());
  const isGuild = room.authority.room.kind === "guild";
  const first: Dispatch[] = isGuild
    ? [
      ...await guildUpdates(deps, room, [userId]),
      ...movedFrom(room, userId),
      {
        t: "member.update",
        d: await memberUpdate(deps, room, userId),
        audience: { to: "users", userIds: [userId] },
      },
      {
        t: "guild.checking",
        d: { guild_id: roomId, checking: room.checking ?? null },
        audience: { to: "users", userIds: [userId] },
      },
    ]
    : [];
  const whole = isGuild ? NOTHING : await projectWholeRoom(deps, room, including(watchers, userId));
  return {
    entitlements: [own, ...whole.entitlements],
    dispatches: [...first, ...whole.dispatches],
    partial: { roomId, control: true },
  };
}

/** The invitation as it is now, of a conversation or of anything else. */
async function invitationState(
  deps: ChatDeps,
  { roomId, userId }: JoinNotice,
): Promise<Plain[]> {
  const invitation = (await listInvitations(deps, userId)).find((each) => each.room_id === roomId);
  if (invitation !== undefined) return [{ t: "invitation.update", d: invitation }];
  const dm = (await listDms(deps, userId)).find((each) => each.room_id === roomId);
  if (dm !== undefined) return [{ t: "dm.update", d: dm }];
  return await openResident(deps, roomId) === undefined
    ? [{ t: "invitation.remove", d: { room_id: roomId } }]
    : [];
}

type Plain = Pick<Dispatch, "t" | "d">;

function toUser(userId: JoinNotice["userId"], told: readonly Plain[]): Projection {
  return {
    entitlements: [],
    dispatches: told.map((each) =>
      ({ ...each, audience: { to: "users", userIds: [userId] } }) as Dispatch
    ),
  };
}

/** Whoever has just joined does not hear the room yet: that is what is being told. */
function including(watchers: Watchers, userId: JoinNotice["userId"]): Watchers {
  return {
    isConnected: (each) => watchers.isConnected(each),
    hasArriving: watchers.hasArriving,
    inRoom: (roomId) => new Set([...watchers.inRoom(roomId), userId]),
  };
}
