import type { Guild } from "../../core/api/guild.ts";
import { guildPath } from "./format/paths.ts";
import { can } from "./format/rights.ts";
import { t } from "./i18n/t.ts";
import type { SettingsLink } from "./settings_links.ts";

export function settingsPath(guild: Pick<Guild, "id">): string {
  return `${guildPath(guild.id)}/settings`;
}

/** Parts of the settings that the visitor may use. */
export function guildLinks(guild: Guild): SettingsLink[] {
  const base = settingsPath(guild);
  const may = (right: Parameters<typeof can>[1]) => can(guild.permissions, right);
  const all: (SettingsLink | false)[] = [
    { href: `${base}/overview`, label: t("gs.overview"), icon: "info" },
    { href: `${base}/me`, label: t("guild.myProfile"), icon: "person" },
    { href: `${base}/members`, label: t("gs.members"), icon: "people", group: t("gs.groupPeople") },
    may("MANAGE_ROLES") && { href: `${base}/roles`, label: t("gs.roles"), icon: "shield" },
    { href: `${base}/invites`, label: t("gs.invites"), icon: "link" },
    may("CREATE_INVITE") &&
    { href: `${base}/requests`, label: t("knock.title"), icon: "person" },
    may("BAN") && { href: `${base}/bans`, label: t("gs.bans"), icon: "ban" },
    { href: `${base}/servers`, label: t("gs.servers"), icon: "device" },
    may("MANAGE_CHANNELS") &&
    { href: `${base}/channels`, label: t("gs.channels"), icon: "hash", group: t("gs.groupOrder") },
    may("MANAGE_GUILD") &&
    { href: `${base}/welcome`, label: t("welcome.nav"), icon: "flag" },
    may("MANAGE_GUILD") &&
    { href: `${base}/templates`, label: t("template.nav"), icon: "copy" },
    may("MANAGE_EXPRESSIONS") &&
    { href: `${base}/emoji`, label: t("gs.emoji"), icon: "smile" },
    may("MANAGE_WEBHOOKS") &&
    { href: `${base}/webhooks`, label: t("hook.title"), icon: "send" },
    may("MANAGE_ROLES") &&
    { href: `${base}/view-as`, label: t("viewAs.title"), icon: "eye" },
    {
      href: `${base}/why`,
      label: t("why.nav"),
      icon: "key",
      ...(may("MANAGE_CHANNELS") ? {} : { group: t("gs.groupOrder") }),
    },
    guild.owner === guild.me.user.id &&
    { href: `${base}/move`, label: t("move.nav"), icon: "turn" },
    may("VIEW_AUDIT_LOG") && { href: `${base}/audit`, label: t("gs.audit"), icon: "list" },
  ];
  return all.filter((link) => link !== false);
}
