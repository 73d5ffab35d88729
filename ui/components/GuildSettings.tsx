import type { ComponentChildren } from "preact";
import type { Guild } from "../../core/api/guild.ts";
import type { FormNote } from "../lib/form_page.ts";
import { guildPath } from "../lib/format/paths.ts";
import { guildLinks, settingsPath } from "../lib/guild_settings.ts";
import { type Key, t } from "../lib/i18n/t.ts";
import type { State } from "../utils.ts";
import { colorRule } from "../lib/format/role_color.ts";
import { SettingsPage } from "./SettingsPage.tsx";

/** The frame of a guild's settings. `part` is the last piece of the path, "" for the overview. */
export function GuildSettings(props: {
  state: State;
  guild: Guild;
  part: string;
  heading: string;
  lead?: Key;
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
        here={part === "" ? base : `${base}/${part}`}
        {...(props.lead ? { lead: t(props.lead) } : {})}
        {...(props.note ? { note: props.note } : {})}
      >
        {props.children}
      </SettingsPage>
    </>
  );
}
