import type { Guild } from "../../../core/api/guild.ts";
import { guildPath } from "../../lib/format/paths.ts";
import { managesGuild } from "../../lib/format/rights.ts";
import { t } from "../../lib/i18n/t.ts";
import { useChat } from "./chat_context.ts";
import { MenuButton, MenuLink } from "./Menu.tsx";
import { NotifyItems } from "./NotifyItems.tsx";

/** What every menu of a guild ends with: its settings, one's own profile there, the way out. */
export function GuildMenuItems({ guild }: { guild: Guild }) {
  const state = useChat();
  const settings = `${guildPath(guild.id)}/settings`;
  return (
    <>
      <NotifyItems place={{ roomId: guild.id, channelId: null, guildId: guild.id }} />
      {managesGuild(guild.permissions) && (
        <MenuLink icon="settings" href={settings}>{t("guild.settings")}</MenuLink>
      )}
      {guild.welcome && (
        <MenuButton
          icon="flag"
          onClick={() => state.overlay.value = { kind: "welcome", guildId: guild.id }}
        >
          {t("welcome.nav")}
        </MenuButton>
      )}
      <MenuLink icon="person" href={`${settings}/me`}>{t("guild.myProfile")}</MenuLink>
      {guild.owner !== state.self.value.user.id && (
        <MenuButton
          icon="leave"
          danger
          onClick={() => state.overlay.value = { kind: "leaveGuild", guildId: guild.id }}
        >
          {t("guild.leave")}
        </MenuButton>
      )}
    </>
  );
}
