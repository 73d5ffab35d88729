import type { Guild } from "../../../core/api/guild.ts";
import { channelSlug } from "../format/paths.ts";
import { can } from "../format/rights.ts";
import { settingsPath } from "../guild_links.ts";
import { t } from "../i18n/t.ts";
import type { SettingsItem } from "./search.ts";

/** Everything in the settings of a guild that its search finds, as far as the visitor may use it. */
export function guildItems(guild: Guild): SettingsItem[] {
  const base = settingsPath(guild);
  const may = (right: Parameters<typeof can>[1]) => can(guild.permissions, right);
  return [
    ...(may("MANAGE_GUILD") ? overviewItems(base) : []),
    ...(guild.owner === guild.me.user.id ? ownerItems(base) : []),
    {
      label: t("gs.nickname"),
      section: t("guild.myProfile"),
      href: `${base}/me#f-nickname`,
      words: t("findWords.nickname"),
    },
    {
      label: t("invite.newLink"),
      section: t("gs.invites"),
      href: `${base}/invites#new`,
      words: t("findWords.invites"),
    },
    ...(may("MANAGE_EXPRESSIONS")
      ? [{ label: t("gs.emojiAdd"), section: t("gs.emoji"), href: `${base}/emoji#f-name` }]
      : []),
    ...(may("MANAGE_WEBHOOKS")
      ? [{ label: t("hook.new"), section: t("hook.title"), href: `${base}/webhooks#f-name` }]
      : []),
    ...(may("MANAGE_ROLES") ? roleItems(guild, base) : []),
    ...(may("MANAGE_CHANNELS") ? channelItems(guild, base) : []),
  ];
}

function overviewItems(base: string): SettingsItem[] {
  const section = t("gs.overview");
  return [
    { label: t("guild.name"), section, href: `${base}/overview#f-name` },
    {
      label: t("gs.icon"),
      section,
      href: `${base}/overview#f-icon`,
      words: t("findWords.icon"),
    },
    { label: t("gs.description"), section, href: `${base}/overview#f-description` },
    {
      label: t("gs.history"),
      section,
      href: `${base}/overview#f-history`,
      words: t("findWords.history"),
    },
  ];
}

function ownerItems(base: string): SettingsItem[] {
  const section = t("gs.danger");
  return [
    {
      label: t("gs.transferSubmit"),
      section,
      href: `${base}/overview#f-user_id`,
      words: t("findWords.transfer"),
    },
    {
      label: t("gs.destroy"),
      section,
      href: `${base}/overview#f-destroy`,
      words: t("findWords.destroy"),
    },
  ];
}

function roleItems(guild: Guild, base: string): SettingsItem[] {
  const section = t("gs.roles");
  return [
    {
      label: t("role.create"),
      section,
      href: `${base}/roles#f-name`,
      words: t("findWords.newRole"),
    },
    ...guild.roles.map((role) => ({
      label: role.id === "everyone" ? t("role.everyone") : role.name,
      section,
      href: `${base}/roles/${encodeURIComponent(role.id)}`,
      words: t("findWords.rights"),
    })),
  ];
}

function channelItems(guild: Guild, base: string): SettingsItem[] {
  const section = t("gs.channels");
  return [
    {
      label: t("channel.create"),
      section,
      href: `${base}/channels#new`,
      words: t("findWords.newChannel"),
    },
    ...guild.channels.map((channel) => ({
      label: channel.name,
      section,
      href: `${base}/channels/${encodeURIComponent(channelSlug(channel))}`,
      words: t("findWords.rights"),
    })),
  ];
}
