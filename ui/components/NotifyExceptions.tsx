import type { Dm } from "../../core/api/gateway.ts";
import type { Guild } from "../../core/api/guild.ts";
import type { NotifySetting } from "../../core/api/notify.ts";
import { dmName } from "../lib/format/dm_name.ts";
import { formatFull } from "../lib/format/time.ts";
import { t } from "../lib/i18n/t.ts";
import { ActForm } from "./FormParts.tsx";

interface Known {
  readonly guilds: readonly Guild[];
  readonly dms: readonly Dm[];
  readonly selfId: string;
}

/** Every guild, channel and conversation with a choice of its own, and the way to take it back. */
export function NotifyExceptions(
  { settings, known, timeZone }: {
    settings: readonly NotifySetting[];
    known: Known;
    timeZone: string;
  },
) {
  return (
    <section class="card stack" aria-labelledby="notify-places">
      <h2 id="notify-places">{t("knowing.exceptions")}</h2>
      {settings.length === 0 && <p class="muted">{t("knowing.exceptionsNone")}</p>}
      {settings.length > 0 && (
        <ul class="plain stack">
          {settings.map((setting) => {
            const name = nameOf(setting, known);
            return (
              <li key={`${setting.room_id}/${setting.channel_id}`} class="row">
                <span class="grow">
                  <span class="strong block">{name}</span>
                  <span class="small muted">{saidOf(setting, timeZone).join(" · ")}</span>
                </span>
                <ActForm act="reset" class="row">
                  <input type="hidden" name="room" value={setting.room_id} />
                  <input type="hidden" name="channel" value={setting.channel_id ?? ""} />
                  <button
                    class="button small"
                    type="submit"
                    aria-label={t("knowing.resetOf", { name })}
                  >
                    {t("knowing.reset")}
                  </button>
                </ActForm>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

function nameOf({ room_id, channel_id }: NotifySetting, { guilds, dms, selfId }: Known): string {
  const dm = dms.find((each) => each.room_id === room_id);
  if (dm) return dmName(dm, selfId);
  for (const guild of guilds) {
    if (guild.id === room_id && channel_id === null) return guild.name;
    const channel = guild.channels.find((each) =>
      each.room_id === room_id && each.id === channel_id
    );
    if (channel) return t("knowing.inGuild", { channel: channel.name, guild: guild.name });
  }
  return t("knowing.gone");
}

function saidOf(setting: NotifySetting, timeZone: string): string[] {
  return [
    ...(setting.level === null ? [] : [t(`knowing.level.${setting.level}`)]),
    ...(!setting.muted ? [] : [
      setting.muted_until === null
        ? t("knowing.mutedNote")
        : t("knowing.mutedUntilShort", { when: formatFull(setting.muted_until, timeZone) }),
    ]),
    ...(setting.suppress_everyone ? [t("knowing.without_everyone")] : []),
    ...(setting.suppress_roles ? [t("knowing.without_roles")] : []),
  ];
}
