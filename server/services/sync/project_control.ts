import type { DispatchData } from "../../../core/api/gateway.ts";
import { joinRuleOf } from "../../../core/auth/join_rule.ts";
import type { ControlEvent } from "../../../core/event/event.ts";
import { parseRoomId } from "../../../core/ids/room_id.ts";
import { parseUserId, type UserId } from "../../../core/ids/user_id.ts";
import type { Dispatch, Projection, Watchers } from "../../http/gateway/source.ts";
import { predecessorOf } from "../../../core/rules/succession.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { viewMember } from "../chat/view_guild.ts";
import { isEncrypted } from "../e2ee/room_encryption.ts";
import { guildUpdates } from "./guild_frames.ts";
import { projectDm, projectGroupEvent, projectGroupRoom } from "./project_dm.ts";
import { absenceBy, reasonOfAbsence } from "./reason_of_absence.ts";
import { entitlementsOf } from "./standing.ts";

const NOTHING: Projection = { entitlements: [], dispatches: [] };
/** Types that change what one member is, and nothing of anybody else. */
export const OF_ONE_MEMBER: ReadonlySet<string> = new Set([
  "m.guild.member_roles",
  "m.room.timeout",
  "m.member.profile",
  "m.member.stay",
]);

/** Types that change what is shown of a conversation. */
const OF_A_CONVERSATION: ReadonlySet<string> = new Set([
  "m.room.member",
  "m.room.encryption",
  "m.guild.meta",
  "m.guild.owner",
  "m.room.history_visibility",
]);

/** Whoever comes or goes changes which devices belong into the room's encrypted group. */
function withWanted(room: Room, projection: Projection): Projection {
  if (!isEncrypted(room.authority)) return projection;
  const wanted: Dispatch = {
    t: "group.wanted",
    d: { room_id: room.id },
    audience: { to: "room", roomId: room.id },
  };
  return { ...projection, dispatches: [wanted, ...projection.dispatches] };
}

/** What a stored control event means for those who are connected. */
export async function projectControl(
  deps: ChatDeps,
  room: Room,
  { event, watchers }: { readonly event: ControlEvent; readonly watchers: Watchers },
): Promise<Projection> {
  switch (room.authority.room.kind) {
    case "dm":
      return OF_A_CONVERSATION.has(event.pdu.type)
        ? withWanted(room, await projectDm(deps, room, watchers))
        : NOTHING;
    case "group_dm":
      return OF_A_CONVERSATION.has(event.pdu.type)
        ? withWanted(room, await projectGroupEvent(deps, room, { event, watchers }))
        : NOTHING;
    case "private":
      return withWanted(room, await projectPrivate(deps, room, { event, watchers }));
    case "guild":
      return await projectGuildEvent(deps, room, { event, watchers });
  }
}

/**
 * After a fork of the control graph was resolved any key may have another value than was told:
 * everybody connected gets the room as it is.
 */
export async function projectWholeRoom(
  deps: ChatDeps,
  room: Room,
  watchers: Watchers,
): Promise<Projection> {
  const watching = [...watchers.inRoom(room.id)];
  const entitlements = entitlementsOf(deps, room, watching);
  switch (room.authority.room.kind) {
    case "dm":
      return await projectDm(deps, room, watchers);
    case "group_dm":
      return await projectGroupRoom(deps, room, watchers);
    case "private": {
      const guild = await guildOf(deps, room);
      const dispatches = guild === undefined ? [] : await guildUpdates(deps, guild, watching);
      return { entitlements, dispatches };
    }
    case "guild": {
      const gone = watching.filter((userId) => !room.authority.isJoined(userId));
      const left: Dispatch[] = gone.map((userId) => ({
        t: "guild.remove",
        d: { guild_id: room.id, ...reasonOfAbsence(room, userId) },
        audience: { to: "users", userIds: [userId] },
      }));
      return { entitlements, dispatches: [...left, ...await guildUpdates(deps, room, watching)] };
    }
  }
}

async function guildOf(deps: ChatDeps, room: Room): Promise<Room | undefined> {
  const guildId = parseRoomId(room.authority.room.guild ?? "");
  return guildId === undefined ? undefined : await deps.rooms.open(guildId);
}

interface Change {
  readonly event: ControlEvent;
  readonly watchers: Watchers;
}

async function projectGuildEvent(deps: ChatDeps, room: Room, change: Change): Promise<Projection> {
  const { event, watchers } = change;
  const target = parseUserId(event.pdu.state_key ?? "");
  if (event.pdu.type === "m.room.member") {
    return target === undefined
      ? NOTHING
      : await projectMembership(deps, room, { ...change, target });
  }
  if (OF_ONE_MEMBER.has(event.pdu.type)) {
    return target === undefined
      ? NOTHING
      : await projectMemberChange(deps, room, { ...change, target });
  }
  const connected = [...watchers.inRoom(room.id)];
  return {
    entitlements: entitlementsOf(deps, room, connected),
    dispatches: await guildUpdates(deps, room, connected),
  };
}

/** `member.update`: a member as it is now. */
export async function memberUpdate(
  deps: Pick<ChatDeps, "users" | "presenceOf">,
  room: Room,
  userId: UserId,
): Promise<DispatchData<"member.update">> {
  return {
    guild_id: room.id,
    member: await viewMember(deps, room, userId),
    member_count: room.authority.memberCount(),
  };
}

/** `member.remove`: somebody who is no member any more. */
export function memberRemoval(room: Room, userId: UserId): DispatchData<"member.remove"> {
  return {
    guild_id: room.id,
    user_id: userId,
    member_count: room.authority.memberCount(),
  };
}

async function projectMemberChange(
  deps: ChatDeps,
  room: Room,
  { target, watchers }: Change & { readonly target: UserId },
): Promise<Projection> {
  if (!room.authority.isJoined(target)) return NOTHING;
  const connected = watchers.isConnected(target);
  return {
    entitlements: connected ? entitlementsOf(deps, room, [target]) : [],
    dispatches: [
      ...(connected ? await guildUpdates(deps, room, [target]) : []),
      {
        t: "member.update",
        d: await memberUpdate(deps, room, target),
        audience: { to: "room", roomId: room.id },
      },
    ],
  };
}

async function projectMembership(
  deps: ChatDeps,
  room: Room,
  { target, event, watchers }: Change & { readonly target: UserId },
): Promise<Projection> {
  const membership = event.pdu.content["membership"];
  if (membership === "join" && room.authority.isJoined(target)) {
    const connected = watchers.isConnected(target);
    return {
      entitlements: connected ? entitlementsOf(deps, room, [target]) : [],
      dispatches: [
        ...(connected ? await guildUpdates(deps, room, [target]) : []),
        ...(connected ? movedFrom(room, target) : []),
        {
          t: "member.update",
          d: await memberUpdate(deps, room, target),
          audience: { to: "room", roomId: room.id },
        },
      ],
    };
  }
  const knocks = await knockFrames(deps, room, { event, watchers });
  if (membership !== "leave" && membership !== "ban") {
    return { entitlements: [], dispatches: knocks };
  }
  const gone: Dispatch = {
    t: "guild.remove",
    d: { guild_id: room.id, ...absenceBy(room, event, target) },
    audience: { to: "users", userIds: [target] },
  };
  return {
    entitlements: watchers.isConnected(target)
      ? [{ userId: target, roomId: room.id, channelIds: null }]
      : [],
    dispatches: [
      ...(watchers.isConnected(target) ? [gone] : []),
      {
        t: "member.remove",
        d: memberRemoval(room, target),
        audience: { to: "room", roomId: room.id },
      },
      ...knocks,
    ],
  };
}

/** Where people may ask to be let in, those who answer them see how many do. */
async function knockFrames(deps: ChatDeps, room: Room, change: Change): Promise<Dispatch[]> {
  if (joinRuleOf(room.authority) !== "knock") return [];
  const nowMs = deps.clock.now();
  const answering = [...change.watchers.inRoom(room.id)].filter((userId) =>
    room.authority.has(userId, "CREATE_INVITE", { atTs: nowMs })
  );
  return await guildUpdates(deps, room, answering);
}

/** Whoever comes over into the room in which a guild goes on sees that one alone. */
export function movedFrom(room: Room, userId: UserId): Dispatch[] {
  const before = predecessorOf(room.authority.view.get("m.room.create", ""));
  return before === undefined ? [] : [{
    t: "guild.remove",
    d: { guild_id: before.roomId, reason: "moved" },
    audience: { to: "users", userIds: [userId] },
  }];
}

/** A private channel is shown in its guild: whoever sees it gets the guild anew. */
async function projectPrivate(deps: ChatDeps, room: Room, change: Change): Promise<Projection> {
  const guild = await guildOf(deps, room);
  const target = change.event.pdu.type === "m.room.member"
    ? parseUserId(change.event.pdu.state_key ?? "")
    : undefined;
  const touched = new Set(change.watchers.inRoom(room.id));
  if (target !== undefined && change.watchers.isConnected(target)) touched.add(target);
  return {
    entitlements: entitlementsOf(deps, room, touched),
    dispatches: guild === undefined ? [] : await guildUpdates(deps, guild, touched),
  };
}
