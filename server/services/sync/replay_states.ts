import type { DispatchName } from "../../../core/api/gateway.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import { parseUserId, serverOf, type UserId } from "../../../core/ids/user_id.ts";
import type { StoredEvent } from "../../postgres/event_rows.ts";
import type { SyncToken } from "../../postgres/sync_token.ts";
import type { Room } from "../../rooms/room.ts";
import { quietOf } from "../accounts/preferences.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { viewGuild } from "../chat/view_guild.ts";
import { askedDms, openDmRooms, viewDms } from "../dms/view_dm.ts";
import { listPutAway } from "../dms/closed_dms.ts";
import { listInvitations } from "../invites/invitations.ts";
import { findNotifySettings } from "../notify/notify_rows.ts";
import { seenByOthers } from "../reads/seen_by_other.ts";
import { readStates } from "../reads/read_states.ts";
import { listRelationships } from "../relationships/relationships.ts";
import { listOwnThreads } from "../threads/own_threads.ts";
import { listMissed } from "../voice/missed_calls.ts";
import { changedProfiles } from "../users/changed_profiles.ts";
import { memberRemoval, memberUpdate, OF_ONE_MEMBER } from "./project_control.ts";
import { absenceOf } from "./project_dm.ts";
import { reasonOfAbsence } from "./reason_of_absence.ts";
import { readableChannels } from "./standing.ts";

/** One dispatch of a replay. */
export interface Told {
  readonly t: DispatchName;
  readonly d: unknown;
  readonly position?: string;
}

/** What the stored events of a replay changed beside messages. */
export class Changes {
  /** Rooms whose control graph went on. */
  readonly controlled = new Set<RoomId>();
  /** Rooms where anything was said or changed. */
  readonly moved = new Set<RoomId>();
  /** Members who came, went or changed, by room. */
  readonly members = new Map<RoomId, Set<UserId>>();

  add(stored: StoredEvent): void {
    this.moved.add(stored.roomId);
    if (stored.channelId !== undefined) return;
    this.controlled.add(stored.roomId);
    if (stored.type !== "m.room.member" && !OF_ONE_MEMBER.has(stored.type)) return;
    const target = parseUserId(stored.stateKey ?? "");
    if (target === undefined) return;
    const members = this.members.get(stored.roomId) ?? new Set();
    this.members.set(stored.roomId, members.add(target));
  }
}

interface StatesInput {
  readonly since: SyncToken;
  readonly changes: Changes;
  readonly joined: ReadonlyMap<RoomId, Room>;
  /** Most of what may change in numbers; beyond it the replay is given up. */
  readonly limit: number;
}

/** Whole states of everything that may have changed, as it is now. */
export async function wholeStates(
  deps: ChatDeps,
  userId: UserId,
  input: StatesInput,
): Promise<Told[]> {
  const { changes, joined } = input;
  const people = await changedProfiles(deps, userId, {
    since: input.since,
    rooms: [...joined.keys()],
    limit: input.limit,
  });
  const allDms = await openDmRooms(deps, userId);
  const dmRooms = allDms.filter((room) => changes.moved.has(room.id));
  return [
    ...await guildStates(deps, userId, input),
    ...people.map((user): Told => ({ t: "user.update", d: user })),
    ...(await viewDms(deps, dmRooms, userId)).map((dm): Told => ({ t: "dm.update", d: dm })),
    ...await goneDms(deps, userId, changes),
    ...[...await seenByOthers(deps, userId, allDms)].map(([roomId, seen]): Told => ({
      t: "dm.seen",
      d: { room_id: roomId, seen },
    })),
    ...await invitationStates(deps, userId, allDms),
    ...(await listRelationships(deps, userId)).map((d): Told => ({ t: "relationship.update", d })),
    { t: "voice.missed", d: { calls: await listMissed(deps, userId) } },
    ...(await findNotifySettings(deps.sql, userId)).map((d): Told => ({ t: "notify.update", d })),
    { t: "quiet.update", d: quietOf(await deps.preferences.of(userId)) },
    ...await readMarkers(deps, userId, joined),
  ];
}

/**
 * What waits for an answer, and that nothing else does: an answer to a server whose room is not
 * here is in no log.
 */
async function invitationStates(
  deps: ChatDeps,
  userId: UserId,
  dmRooms: readonly Room[],
): Promise<Told[]> {
  const asked = await askedDms(deps, userId);
  const invitations = await listInvitations(deps, userId);
  const unanswered = dmRooms.filter(({ authority }) => authority.membership(userId) === "invite");
  const standing = [
    ...unanswered.map(({ id }) => id),
    ...[...asked, ...invitations].map((each) => each.room_id),
  ];
  return [
    ...asked.map((dm): Told => ({ t: "dm.update", d: dm })),
    ...invitations.map((d): Told => ({ t: "invitation.update", d })),
    { t: "invitation.standing", d: { room_ids: standing } },
  ];
}

/** Conversations that were put away or left on another device, as far as that is to be known. */
async function goneDms(deps: ChatDeps, userId: UserId, changes: Changes): Promise<Told[]> {
  const gone = new Set<RoomId>(await listPutAway(deps.sql, userId));
  for (const roomId of changes.controlled) {
    const room = await deps.rooms.open(roomId);
    const isOut = room?.authority.room.kind === "dm" && !room.authority.isJoined(userId) &&
      room.authority.membership(userId) !== "invite";
    if (isOut) gone.add(roomId);
  }
  return [...gone].map((roomId) => ({ t: "dm.remove", d: { room_id: roomId } }));
}

async function guildStates(
  deps: ChatDeps,
  userId: UserId,
  { changes, joined }: StatesInput,
): Promise<Told[]> {
  const told: Told[] = [];
  const guilds = new Set<Room>();
  for (const roomId of changes.controlled) {
    const room = joined.get(roomId) ?? await deps.rooms.open(roomId);
    if (room === undefined) continue;
    const { kind, guild: guildId } = room.authority.room;
    if (kind === "guild" && !joined.has(roomId)) {
      told.push({ t: "guild.remove", d: { guild_id: roomId, ...reasonOfAbsence(room, userId) } });
    }
    if (kind === "group_dm" && room.authority.membership(userId) === "leave") {
      told.push({ t: "dm.remove", d: { room_id: roomId, reason: absenceOf(room, userId) } });
    }
    // A private channel is shown in its guild, and gone from it for who was taken out.
    const guild = joined.get(kind === "guild" ? roomId : guildId as RoomId);
    if (guild !== undefined) guilds.add(guild);
  }
  // What is being checked, and that a check has ended, is told in no log: who read the guild just
  // before its end would wait for it for ever.
  for (const { id, checking, authority } of joined.values()) {
    const { kind, creator } = authority.room;
    if (kind !== "guild" || serverOf(creator) === deps.serverName) continue;
    told.push({ t: "guild.checking", d: { guild_id: id, checking: checking ?? null } });
  }
  for (const room of joined.values()) {
    if (room.checking !== undefined && room.authority.room.kind === "guild") guilds.add(room);
  }
  for (const guild of guilds) {
    const { me: _me, ...frame } = await viewGuild(deps, guild, userId);
    told.push({ t: "guild.update", d: frame });
    const members = new Set(changes.members.get(guild.id)).add(userId);
    for (const member of members) {
      told.push(
        guild.authority.isJoined(member)
          ? { t: "member.update", d: await memberUpdate(deps, guild, member) }
          : { t: "member.remove", d: memberRemoval(guild, member) },
      );
    }
  }
  return told;
}

async function readMarkers(
  deps: ChatDeps,
  userId: UserId,
  joined: ReadonlyMap<RoomId, Room>,
): Promise<Told[]> {
  const nowMs = deps.clock.now();
  const readable = [...joined.values()].map((room) => ({
    room,
    channelIds: readableChannels(room, userId, nowMs).filter((id) =>
      room.authority.channel(id)?.kind !== "category"
    ),
  }));
  const [states, own] = await Promise.all([
    readStates(deps, userId, readable),
    listOwnThreads(deps, userId, readable),
  ]);
  return [
    ...own.threads.map((d): Told => ({ t: "thread.own", d })),
    ...[...states, ...own.reads].map((state): Told => ({ t: "read.update", d: state })),
  ];
}
