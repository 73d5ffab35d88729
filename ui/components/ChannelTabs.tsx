import type { Channel } from "../../core/api/channel.ts";
import type { Guild } from "../../core/api/guild.ts";
import { channelSlug } from "../lib/format/paths.ts";
import { can } from "../lib/format/rights.ts";
import { settingsPath } from "../lib/guild_links.ts";
import { t } from "../lib/i18n/t.ts";

/** The pages of one channel's settings. A private channel is a room with rights of its own. */
export function ChannelTabs(
  { guild, channel, here }: { guild: Guild; channel: Channel; here: "settings" | "permissions" },
) {
  if (channel.private || !can(channel.permissions, "MANAGE_ROLES")) return null;
  const base = `${settingsPath(guild)}/channels/${encodeURIComponent(channelSlug(channel))}`;
  const tab = (name: typeof here, href: string, label: string) => (
    <a
      class={here === name ? "tab here" : "tab"}
      href={href}
      aria-current={here === name ? "page" : undefined}
    >
      {label}
    </a>
  );
  return (
    <nav class="row wrap tabs" aria-label={channel.name}>
      {tab("settings", base, t("channel.tabSettings"))}
      {tab("permissions", `${base}/permissions`, t("entry.title"))}
    </nav>
  );
}
