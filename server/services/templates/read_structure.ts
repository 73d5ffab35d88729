import { z } from "zod";
import type { Channel } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import {
  TEMPLATE_LIMITS,
  TemplateContent,
  type TemplateDraft,
} from "../../../core/api/template.ts";
import { WELCOME_LINE_MAX, WELCOME_TEXT_MAX } from "../../../core/api/welcome.ts";
import { OperationError } from "../../../core/errors.ts";

/**
 * The structure of a guild as one of its members sees it: without people, words, pictures, private
 * channels, and entries that name a person. Throws `limit_reached` for a guild that is too large.
 */
export function readStructure(
  guild: Guild,
  about: { readonly name: string; readonly description: string | null },
): TemplateContent {
  const roles = guild.roles.filter((role) => role.id !== "everyone");
  const channels = inOrder(guild.channels.filter((channel) => !channel.private));
  requireFits("roles", roles.length);
  requireFits("channels", channels.length);
  const roleAt = new Map(roles.map((role, at) => [role.id, at]));
  const channelAt = new Map(channels.map((channel, at) => [channel.id, at]));
  const draft: TemplateDraft = {
    format: "openguild.template",
    version: 1,
    ...about,
    everyone: guild.roles.find((role) => role.id === "everyone")?.bits ?? "0",
    roles: roles.map(({ name, color, hoist, mentionable, bits }) => ({
      name: cut(name, 100),
      color,
      hoist,
      mentionable,
      bits,
    })),
    channels: channels.map((channel) => ({
      kind: channel.kind,
      name: cut(channel.name, 100),
      topic: channel.topic === null ? null : begin(channel.topic, 1024),
      parent: channel.parent === null ? null : channelAt.get(channel.parent) ?? null,
      slow_mode_s: channel.slow_mode_s,
      age_restricted: channel.age_restricted,
      ...(channel.kind === "voice"
        ? { user_limit: channel.user_limit, bitrate: channel.bitrate }
        : {}),
      entries: entriesOf(channel, roleAt),
    })),
    history: guild.history,
    knock: guild.knock,
    welcome: welcomeOf(guild, channelAt),
  };
  return read(draft);
}

/** A content from anywhere. Throws `invalid`, saying what is wrong and where. */
export function read(content: unknown): TemplateContent {
  const found = TemplateContent.safeParse(content);
  if (found.success) return found.data;
  throw new OperationError(
    "invalid",
    `This is no template of a guild: ${z.prettifyError(found.error).split("\n").join(" ")}`,
  );
}

function cut(text: string, chars: number): string {
  return begin(text.trim(), chars).trim() || "unnamed";
}

/** The first characters: other servers' texts may be longer than what is written here. */
function begin(text: string, chars: number): string {
  // What was cut in two is no character any more.
  return text.slice(0, chars).toWellFormed().replace(/\uFFFD$/, "");
}

/** Categories are named by their place: each channel follows in the order that it is shown in. */
function inOrder(channels: readonly Channel[]): Channel[] {
  return [...channels].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
}

function requireFits(what: "roles" | "channels", count: number): void {
  const most = TEMPLATE_LIMITS[what];
  if (count <= most) return;
  throw new OperationError(
    "limit_reached",
    `A template holds at most ${most} ${what}; this guild has ${count}.`,
  );
}

type EntryDraft = NonNullable<TemplateDraft["channels"][number]["entries"]>[number];

function entriesOf(channel: Channel, roleAt: ReadonlyMap<string, number>): EntryDraft[] {
  return channel.entries.flatMap(({ target, allow, deny }): EntryDraft[] => {
    if (target === "everyone") return [{ target, allow, deny }];
    const at = roleAt.get(target);
    return at === undefined ? [] : [{ target: at, allow, deny }];
  }).slice(0, TEMPLATE_LIMITS.entries);
}

/** Emoji of the guild's own stay behind with their pictures. */
function welcomeOf(guild: Guild, channelAt: ReadonlyMap<string, number>): TemplateDraft["welcome"] {
  if (guild.welcome === null) return null;
  return {
    text: guild.welcome.text === null ? null : begin(guild.welcome.text, WELCOME_TEXT_MAX),
    channels: guild.welcome.channels.flatMap(({ channel_id: id, emoji, line }) => {
      const channel = channelAt.get(id);
      const kept = emoji === null || emoji.startsWith(":") || emoji.length > 16 ? null : emoji;
      return channel === undefined
        ? []
        : [{ channel, emoji: kept, line: line === null ? null : begin(line, WELCOME_LINE_MAX) }];
    }),
  };
}
