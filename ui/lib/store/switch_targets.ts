import type { IconName } from "../../components/Icon.tsx";
import { adminLinks } from "../admin_links.ts";
import { guildLinks } from "../guild_links.ts";
import { accountLinks, type SettingsLink } from "../settings_links.ts";
import { guildOf } from "./place.ts";
import type { Channel } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import type { User } from "../../../core/api/user.ts";
import { handleOf, nameOf } from "../format/names.ts";
import { channelPath, dmPath, guildPath, threadPath } from "../format/paths.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "./chat.ts";
import { lookOfChannel, lookOfDm, recencyOf } from "./place_look.ts";
import type { Ranked } from "./rank_targets.ts";
import type { Unread } from "./unread.ts";
import { channelShown, dmShown, guildShown, threadShown } from "./attention.ts";
import { threadName } from "./links.ts";
import { threadsUnder } from "./threads.ts";

/** Most people that are offered without a conversation yet. */
const PEOPLE = 2000;

/** A place to go to, or somebody to begin a conversation with. */
export type Target =
  & Ranked
  & { readonly icon: IconName }
  & (
    | { readonly path: string }
    | { readonly user: User }
  );

/** Everywhere one can go: channels, conversations, people, guilds, pages of settings. */
export function switchTargets(state: ChatState, recent: readonly string[]): Target[] {
  const place = state.place.value;
  const channels = state.guilds.value.flatMap((guild) =>
    guild.channels.filter((channel) => channel.kind !== "category").map((channel): Target => {
      const look = lookOfChannel(guild, channel);
      return {
        ...look,
        recency: recencyOf(look.path, recent),
        ...newIn(channelShown(state, guild.id, channel)),
      };
    })
  );
  const threads = state.guilds.value.flatMap((guild) =>
    guild.channels.flatMap((channel) => threadTargets(state, guild, channel))
  );
  const dms = state.dms.value.map((dm): Target => {
    const look = lookOfDm(dm, state.self.value.user.id);
    return {
      ...look,
      recency: recencyOf(look.path, recent),
      // Whoever writes to one alone means one.
      ...newIn(dmShown(state, dm)),
    };
  });
  const guilds = state.guilds.value.map((guild): Target => ({
    ...NOTHING_NEW,
    ...newIn(guildShown(state, guild)),
    kind: "guild",
    text: guild.name,
    detail: t("switcher.guild"),
    icon: "people",
    path: guildPath(guild.id),
  }));
  const here = place.kind === "dm" || place.kind === "channel" ? placePath(state) : undefined;
  return [...channels, ...threads, ...dms, ...guilds, ...people(state), ...pages(state)]
    .filter((target) => !("path" in target) || target.path !== here);
}

/** Threads of a channel that are followed and not put away. */
function threadTargets(state: ChatState, guild: Guild, channel: Channel): Target[] {
  return threadsUnder(state, channel).map((thread) => ({
    ...NOTHING_NEW,
    ...newIn(threadShown(state, guild.id, thread)),
    kind: "channel",
    text: threadName(state, thread, guild),
    detail: t("inbox.in", { channel: channel.name, guild: guild.name }),
    icon: "thread",
    path: threadPath(channelPath(guild.id, channel), thread.id),
  }));
}

const newIn = ({ unread, mentions }: Unread) => ({ unread, mentions });

const NOTHING_NEW = { unread: 0, mentions: 0, recency: Infinity };

function placePath(state: ChatState): string | undefined {
  const place = state.place.value;
  if (place.kind === "dm") return dmPath(place.roomId);
  if (place.kind !== "channel") return undefined;
  const channel = state.guilds.value.find((guild) => guild.id === place.guildId)?.channels
    .find((each) => each.room_id === place.roomId && each.id === place.channelId);
  return channel && channelPath(place.guildId, channel);
}

/** Those one knows of but has no conversation with. */
function people(state: ChatState): Target[] {
  const known = new Set([
    state.self.value.user.id,
    ...state.dms.value.flatMap((dm) => dm.kind === "pair" ? [dm.user.id] : []),
  ]);
  return [...state.users.values()].filter((user) => !user.bot && !known.has(user.id))
    .slice(0, PEOPLE)
    .map((user): Target => ({
      ...NOTHING_NEW,
      kind: "person",
      text: nameOf(user),
      detail: handleOf(user.id),
      icon: "person",
      user,
    }));
}

/** Settings of one's own, of the open guild, and of the server for those who run it. */
function pages(state: ChatState): Target[] {
  const { admin } = state.self.value;
  const { mail, logins: providers } = state.server;
  const guild = guildOf(state.known, state.place.value);
  const all = (links: readonly SettingsLink[], detail: string) =>
    links.map(({ href, label, icon }): Target => ({
      ...NOTHING_NEW,
      kind: "page",
      text: label,
      detail,
      icon,
      path: href,
    }));
  return [
    ...all(accountLinks({ admin, mail, providers }), t("settings.title")),
    ...(guild ? all(guildLinks(guild), t("switcher.guildPage", { name: guild.name })) : []),
    ...(admin ? all(adminLinks(), t("admin.title")) : []),
  ];
}
