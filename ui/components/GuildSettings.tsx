import type { ComponentChildren } from "preact";
import type { Guild } from "../../core/api/guild.ts";
import type { FormNote } from "../lib/form_page.ts";
import { guildPath } from "../lib/format/paths.ts";
import { guildLinks, settingsPath } from "../lib/guild_links.ts";
import { guildItems } from "../lib/settings/guild_items.ts";
import { type Key, t } from "../lib/i18n/t.ts";
import type { State } from "../utils.ts";
import { colorRule } from "../lib/format/role_color.ts";
import { SettingsPage } from "./SettingsPage.tsx";

/** The frame of a guild's settings. `part` is the last piece of the path of the part's list. */
export function GuildSettings(props: {
  state: State;
  guild: Guild;
  part: string;
  heading: string;
  lead?: Key;
  /** True where the page stands for the whole of the settings. */
  index?: boolean;
  note?: FormNote;
  children: ComponentChildren;
}) {
  const { guild, part, state } = props;
  const base = settingsPath(guild);
  const rules = guild.roles.map((role) => role.color === null ? "" : colorRule(role.color)).join(
    "",
  );
  return (
    <>
      {rules !== "" && <style nonce={state.nonce}>{rules}</style>}
      <SettingsPage
        state={state}
        title={guild.name}
        heading={props.heading}
        back={guildPath(guild.id)}
        links={guildLinks(guild)}
        here={`${base}/${part}`}
        home={base}
        index={props.index ?? false}
        items={guildItems(guild)}
        {...(props.lead ? { lead: t(props.lead) } : {})}
        {...(props.note ? { note: props.note } : {})}
      >
        {props.children}
      </SettingsPage>
    </>
  );
}
