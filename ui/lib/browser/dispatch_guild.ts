import type { Channel } from "../../../core/api/channel.ts";
import type { DispatchData, Dm, GuildFrame, ServerFrame } from "../../../core/api/gateway.ts";
import type { Guild, Member } from "../../../core/api/guild.ts";
import type { User } from "../../../core/api/user.ts";
import { dmName, othersIn, withUser } from "../format/dm_name.ts";
import { guildPath } from "../format/paths.ts";
import { withTexts } from "../i18n/later.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import { showAuthor, showFormerMember, showMember, showMentions } from "../store/held_messages.ts";
import { dropDm, setDm, takeSeen } from "../store/conversations.ts";
import { refKey } from "../store/place.ts";
import { markPinged, markSeen } from "../store/stale_reads.ts";
import { openPlace } from "./history.ts";
import { dropInvitation, setInvitation } from "./invitations.ts";
import { showToast } from "./toast.ts";

type Dispatch = Extract<ServerFrame, { op: "dispatch" }>;

/** In the order in which the server lists them: of joining. */
function setGuild(state: ChatState, guild: Guild): void {
  const others = state.guilds.value.filter((entry) => entry.id !== guild.id);
  state.guilds.value = [...others, guild].sort((a, b) =>
    a.me.joined_ts - b.me.joined_ts || (a.id < b.id ? -1 : 1)
  );
}

/** A guild in which one's own roles may be others than before. */
function setOwnRoles(state: ChatState, former: Guild | undefined, guild: Guild): void {
  setGuild(state, guild);
  if (former === undefined || former.me.roles.join() === guild.me.roles.join()) return;
  markPinged(state, guild);
  showMentions(state, guild);
}

function setMember(state: ChatState, guildId: string, member: Member): void {
  state.users.set(member.user.id, member.user);
  const guild = state.guilds.value.find((entry) => entry.id === guildId);
  if (guild !== undefined) {
    if (member.user.id === state.self.value.user.id) {
      setOwnRoles(state, guild, { ...guild, me: member });
    }
    showMember(state, guild, member);
  }
  const list = state.members.value.get(guildId);
  if (!list) return;
  const known = list.members.some((entry) => entry.user.id === member.user.id);
  state.members.value = new Map(state.members.value).set(guildId, {
    ...list,
    members: known
      ? list.members.map((entry) => entry.user.id === member.user.id ? member : entry)
      : [...list.members, member],
  });
}

function countMembers(state: ChatState, guildId: string, total: number): void {
  const guild = state.guilds.value.find((entry) => entry.id === guildId);
  if (guild) setGuild(state, { ...guild, member_count: total });
  const list = state.members.value.get(guildId);
  if (list) state.members.value = new Map(state.members.value).set(guildId, { ...list, total });
}

function dropMember(state: ChatState, guildId: string, userId: string): void {
  showFormerMember(state, guildId, userId);
  const list = state.members.value.get(guildId);
  if (!list) return;
  state.members.value = new Map(state.members.value).set(guildId, {
    ...list,
    members: list.members.filter((member) => member.user.id !== userId),
  });
}

function setUser(state: ChatState, user: User): void {
  state.users.set(user.id, user);
  if (user.id === state.self.value.user.id) {
    state.self.value = { ...state.self.value, user };
    state.guilds.value = state.guilds.value.map((guild) => ({
      ...guild,
      me: { ...guild.me, user },
    }));
  }
  state.dms.value = state.dms.value.map((dm) => withUser(dm, user));
  for (const [guildId, list] of state.members.value) {
    const member = list.members.find((entry) => entry.user.id === user.id);
    if (member) setMember(state, guildId, { ...member, user });
  }
  showAuthor(state, user);
}

function removeGuild(
  state: ChatState,
  { guild_id: guildId, reason, until_ts: untilMs }: DispatchData<"guild.remove">,
): void {
  const guild = state.guilds.value.find((entry) => entry.id === guildId);
  if (!guild) return;
  state.guilds.value = state.guilds.value.filter((entry) => entry.id !== guildId);
  state.forget(guild.channels.map(keyOf));
  state.members.value = new Map([...state.members.value].filter(([id]) => id !== guildId));
  const place = state.place.value;
  const here = (place.kind === "guild" || place.kind === "channel") && place.guildId === guildId;
  if (here) {
    state.place.value = { kind: "home" };
    history.replaceState(null, "", "/home");
  }
  if (reason === "moved") return followGuild(state, guild, here);
  void withTexts(import("./told_gone.ts")).then(({ tellGone }) =>
    tellGone(state, guild, { reason, untilMs })
  );
}

/** A conversation as it is now; a request that was accepted elsewhere opens where it stands. */
function takeDm(state: ChatState, dm: Dm): void {
  for (const user of othersIn(dm, state.self.value.user.id)) state.users.set(user.id, user);
  const held = state.dms.value.find((each) => each.room_id === dm.room_id);
  setDm(state, dm);
  const place = state.place.value;
  const accepted = held?.state === "invited" && dm.state !== "invited";
  if (accepted && place.kind === "dm" && place.roomId === dm.room_id) {
    openPlace(state, place, "none");
  }
}

/** A request that was answered on another device, or withdrawn: with a word where it is open. */
function removeRequest(state: ChatState, roomId: string): void {
  const dm = state.dms.value.find((entry) => entry.room_id === roomId);
  if (dm?.state === "invited") removeDm(state, roomId, undefined);
}

/** After an absence: requests and invitations that were answered or withdrawn meanwhile go. */
export function keepStanding(state: ChatState, standing: ReadonlySet<string>): void {
  const held = [...state.dms.value, ...state.invitations.value].map((each) => each.room_id);
  for (const roomId of held) {
    if (standing.has(roomId)) continue;
    removeRequest(state, roomId);
    dropInvitation(state, roomId);
  }
}

/** Closed or left, on this device or another one; or the viewer was removed from a group. */
function removeDm(state: ChatState, roomId: string, reason: string | undefined): void {
  const dm = state.dms.value.find((entry) => entry.room_id === roomId);
  dropDm(state, roomId);
  if (reason !== undefined) state.forget([refKey({ room_id: roomId, channel_id: "main" })]);
  const place = state.place.value;
  if (place.kind === "dm" && place.roomId === roomId) {
    state.place.value = { kind: "home" };
    history.replaceState(null, "", "/home");
    if (dm?.state === "invited") {
      void withTexts(import("./told_gone.ts")).then(({ tellAnswered }) => tellAnswered(state, dm));
    }
  }
  if (!dm || reason !== "kicked") return;
  showToast(state, t("group.removed", { name: dmName(dm, state.self.value.user.id) }), true);
}

/** A guild that goes on in a new room: whoever looked at it is there too. */
function followGuild(state: ChatState, former: Guild, here: boolean): void {
  const next = state.guilds.value.find((entry) => entry.predecessor === former.id);
  if (next && here) location.assign(guildPath(next.id));
  else showToast(state, t("move.moved", { name: former.name }));
}

function keyOf(channel: Channel): string {
  return refKey({ room_id: channel.room_id, channel_id: channel.id });
}

/** A guild as it is now: channels out of sight go with what is held of them. */
function takeGuild(state: ChatState, frame: GuildFrame): void {
  const held = state.guilds.value.find((guild) => guild.id === frame.id);
  const me = held?.me ?? {
    user: state.self.value.user,
    nickname: null,
    guild_avatar: null,
    roles: [],
    joined_ts: Date.now(),
    timeout_until: null,
    stay_until: null,
    presence: "online" as const,
  };
  const inForce = (member: Member): Member => ({
    ...member,
    roles: member.roles.filter((id) => frame.roles.some((role) => role.id === id)),
  });
  const guild = { ...frame, me: inForce(me) };
  setOwnRoles(state, held, guild);
  const seen = new Set(guild.channels.map(keyOf));
  state.forget((held?.channels ?? []).map(keyOf).filter((key) => !seen.has(key)));
  markSeen(state, guild);
  const list = state.members.value.get(guild.id);
  if (!list) return;
  const members = list.members.map(inForce);
  state.members.value = new Map(state.members.value).set(guild.id, {
    ...list,
    total: guild.member_count,
    members,
  });
  for (const member of members) showMember(state, guild, member);
}

/** Frames about guilds, members, people and conversations. */
export function applyGuildFrame(state: ChatState, frame: Dispatch): void {
  switch (frame.t) {
    case "guild.update":
      return takeGuild(state, frame.d);
    case "guild.remove":
      return removeGuild(state, frame.d);
    case "guild.checking": {
      const { guild_id: guildId, checking } = frame.d;
      state.guilds.value = state.guilds.value.map((guild) =>
        guild.id === guildId ? { ...guild, checking } : guild
      );
      return;
    }
    case "invitation.update":
      return setInvitation(state, frame.d);
    case "invitation.remove":
      removeRequest(state, frame.d.room_id);
      return dropInvitation(state, frame.d.room_id);
    case "invitation.standing":
      return keepStanding(state, new Set(frame.d.room_ids));
    case "member.update":
      setMember(state, frame.d.guild_id, frame.d.member);
      return countMembers(state, frame.d.guild_id, frame.d.member_count);
    case "member.remove":
      dropMember(state, frame.d.guild_id, frame.d.user_id);
      return countMembers(state, frame.d.guild_id, frame.d.member_count);
    case "dm.remove":
      return removeDm(state, frame.d.room_id, frame.d.reason);
    case "dm.update":
      return takeDm(state, frame.d);
    case "dm.seen":
      return takeSeen(state, frame.d.room_id, frame.d.seen);
    case "user.update":
      return setUser(state, frame.d);
    default:
  }
}
