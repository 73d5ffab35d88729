import type { ServerFrame } from "../../../core/api/gateway.ts";
import type { Member } from "../../../core/api/guild.ts";
import type { User } from "../../../core/api/user.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import { showToast } from "./toast.ts";

type Dispatch = Extract<ServerFrame, { op: "dispatch" }>;

function setMember(state: ChatState, guildId: string, member: Member): void {
  state.users.set(member.user.id, member.user);
  if (member.user.id === state.self.value.user.id) {
    state.guilds.value = state.guilds.value.map((guild) =>
      guild.id === guildId ? { ...guild, me: member } : guild
    );
  }
  const list = state.members.value.get(guildId);
  if (!list) return;
  const known = list.members.some((entry) => entry.user.id === member.user.id);
  state.members.value = new Map(state.members.value).set(guildId, {
    ...list,
    total: list.total + (known ? 0 : 1),
    members: known
      ? list.members.map((entry) => entry.user.id === member.user.id ? member : entry)
      : [...list.members, member],
  });
}

function dropMember(state: ChatState, guildId: string, userId: string): void {
  const list = state.members.value.get(guildId);
  if (!list) return;
  state.members.value = new Map(state.members.value).set(guildId, {
    ...list,
    total: Math.max(0, list.total - 1),
    members: list.members.filter((member) => member.user.id !== userId),
  });
}

function setUser(state: ChatState, user: User): void {
  state.users.set(user.id, user);
  state.dms.value = state.dms.value.map((dm) => dm.user.id === user.id ? { ...dm, user } : dm);
  for (const [guildId, list] of state.members.value) {
    const member = list.members.find((entry) => entry.user.id === user.id);
    if (member) setMember(state, guildId, { ...member, user });
  }
  for (const window of state.windows.values()) {
    if (!window.value.messages.some((message) => message.author.id === user.id)) continue;
    window.value = {
      ...window.value,
      messages: window.value.messages.map((message) =>
        message.author.id === user.id ? { ...message, author: user } : message
      ),
    };
  }
}

function removeGuild(state: ChatState, guildId: string, reason: string): void {
  const guild = state.guilds.value.find((entry) => entry.id === guildId);
  if (!guild) return;
  state.guilds.value = state.guilds.value.filter((entry) => entry.id !== guildId);
  const place = state.place.value;
  const here = (place.kind === "guild" || place.kind === "channel") && place.guildId === guildId;
  if (here) {
    state.place.value = { kind: "home" };
    history.replaceState(null, "", "/home");
  }
  if (reason === "kicked") showToast(state, t("guild.kicked", { name: guild.name }), true);
  if (reason === "banned") showToast(state, t("guild.banned", { name: guild.name }), true);
  if (reason === "deleted") showToast(state, t("guild.deleted", { name: guild.name }));
}

/** Frames about guilds, members, people and conversations. */
export function applyGuildFrame(state: ChatState, frame: Dispatch): void {
  switch (frame.t) {
    case "guild.update": {
      const held = state.guilds.value.find((guild) => guild.id === frame.d.id);
      const me = held?.me ?? {
        user: state.self.value.user,
        nickname: null,
        guild_avatar: null,
        roles: [],
        joined_ts: Date.now(),
        timeout_until: null,
        presence: "online" as const,
      };
      const guild = { ...frame.d, me };
      state.guilds.value = held
        ? state.guilds.value.map((entry) => entry.id === guild.id ? guild : entry)
        : [...state.guilds.value, guild];
      return;
    }
    case "guild.remove":
      return removeGuild(state, frame.d.guild_id, frame.d.reason);
    case "member.update":
      return setMember(state, frame.d.guild_id, frame.d.member);
    case "member.remove":
      return dropMember(state, frame.d.guild_id, frame.d.user_id);
    case "dm.update": {
      const others = state.dms.value.filter((dm) => dm.room_id !== frame.d.room_id);
      state.dms.value = [frame.d, ...others].sort((a, b) => b.last_ts - a.last_ts);
      return;
    }
    case "user.update":
      return setUser(state, frame.d);
    default:
  }
}
