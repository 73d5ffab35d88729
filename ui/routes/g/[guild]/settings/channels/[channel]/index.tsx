import type { Channel } from "../../../../../../../core/api/channel.ts";
import type { Guild } from "../../../../../../../core/api/guild.ts";
import {
  ActForm,
  Area,
  Check,
  SaveButton,
  Select,
} from "../../../../../../components/FormParts.tsx";
import { Field } from "../../../../../../components/Field.tsx";
import { GuildSettings } from "../../../../../../components/GuildSettings.tsx";
import { flag, text } from "../../../../../../lib/forms.ts";
import { type FormNote, formPage } from "../../../../../../lib/form_page.ts";
import { settingsPath } from "../../../../../../lib/guild_links.ts";
import { ApiError } from "../../../../../../lib/api/request.ts";
import { ChannelTabs } from "../../../../../../components/ChannelTabs.tsx";
import { channelParams, readChannel } from "../../../../../../lib/guild_channel.ts";
import { t } from "../../../../../../lib/i18n/t.ts";
import { define } from "../../../../../../utils.ts";

const SLOW = [0, 5, 10, 30, 60, 300, 900, 3600, 21600];
const USER_LIMITS = [0, 2, 3, 4, 5, 6, 8, 10, 15, 20, 25, 50, 99];
const BITRATES = [16_000, 24_000, 32_000, 40_000, 64_000, 96_000, 128_000];

/** A form sends all its fields; what stays as it is would be news for the audit log. */
function changedOf(channel: Channel, wanted: Partial<Channel>): Partial<Channel> {
  return Object.fromEntries(
    Object.entries(wanted).filter(([field, value]) => channel[field as keyof Channel] !== value),
  );
}

export const handler = define.handlers(formPage(readChannel, {
  async save(ctx, form) {
    const { channel } = await readChannel(ctx);
    const place = channel.kind === "category" ? {} : {
      topic: text(form, "topic").trim() || null,
      parent: text(form, "parent") || null,
      slow_mode_s: Number(text(form, "slow")) || 0,
      archived: flag(form, "archived"),
      age_restricted: flag(form, "age_restricted"),
    };
    const voice = channel.kind !== "voice" ? {} : {
      user_limit: Number(text(form, "user_limit")) || 0,
      bitrate: Number(text(form, "bitrate")) || channel.bitrate,
    };
    const body = changedOf(channel, { name: text(form, "name").trim(), ...place, ...voice });
    if (Object.keys(body).length === 0) return;
    await ctx.state.api.call("updateChannel", { params: channelParams(channel), body });
  },
  async destroy(ctx, form) {
    const { guild, channel } = await readChannel(ctx);
    if (text(form, "typed").trim() !== channel.name.trim()) {
      throw new ApiError(400, "invalid", t("channel.closeOther"), { field: "typed" });
    }
    await ctx.state.api.call("deleteChannel", { params: channelParams(channel) });
    return `${settingsPath(guild)}/channels`;
  },
}));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild, channel } = data;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="channels"
      heading={channel.name}
      {...(channel.private
        ? {
          lead: channel.encrypted
            ? "channel.isEncryptedLong" as const
            : "channel.notEncryptedLong" as const,
        }
        : {})}
      note={data.note}
    >
      <ChannelTabs guild={guild} channel={channel} here="settings" />
      <ChannelForm guild={guild} channel={channel} note={data.note} />
      <ActForm act="destroy" class="card danger-card stack">
        <h2>{t("channel.close")}</h2>
        <p class="muted">
          {channel.kind === "category" ? t("channel.closeCategory") : t("channel.closeText")}
        </p>
        <Field
          name="typed"
          label={t("channel.closeType", { name: channel.name })}
          autocomplete="off"
          required
        />
        <div>
          <button class="button danger solid" type="submit">{t("channel.close")}</button>
        </div>
      </ActForm>
    </GuildSettings>
  );
});

function ChannelForm(
  { guild, channel, note }: { guild: Guild; channel: Channel; note: FormNote },
) {
  const categories = guild.channels.filter((entry) => entry.kind === "category");
  return (
    <ActForm act="save" guard={note}>
      <Field name="name" label={t("channel.name")} value={channel.name} maxlength={100} required />
      {channel.kind !== "category" && (
        <>
          <Area
            name="topic"
            label={t("channel.topic")}
            value={channel.topic ?? ""}
            maxlength={1024}
            rows={2}
          />
          <div class="row wrap form-line">
            <Select
              name="parent"
              label={t("channel.category")}
              value={channel.parent ?? ""}
              options={[
                ["", t("channel.noCategory")],
                ...categories.map(({ id, name }) => [id, name] as const),
              ]}
            />
            <Select
              name="slow"
              label={t("channel.slow")}
              value={String(channel.slow_mode_s)}
              options={choices(SLOW, channel.slow_mode_s).map((s) =>
                [
                  String(s),
                  s === 0 ? t("channel.slowOff") : t("composer.slow", { n: s }),
                ] as const
              )}
            />
          </div>
          {channel.kind === "voice" && <VoiceFields channel={channel} />}
          <Check
            name="archived"
            label={t("channel.archived")}
            hint={t("channel.archivedHint")}
            checked={channel.archived}
          />
          <Check
            name="age_restricted"
            label={t("channel.age")}
            hint={t("channel.ageHint")}
            checked={channel.age_restricted}
          />
        </>
      )}
      <SaveButton />
    </ActForm>
  );
}

function VoiceFields({ channel }: { channel: Channel }) {
  return (
    <div class="row wrap form-line">
      <Select
        name="user_limit"
        label={t("channel.userLimit")}
        value={String(channel.user_limit)}
        options={choices(USER_LIMITS, channel.user_limit).map((n) =>
          [String(n), n === 0 ? t("channel.userLimitNone") : String(n)] as const
        )}
      />
      <Select
        name="bitrate"
        label={t("channel.bitrate")}
        value={String(channel.bitrate)}
        options={choices(BITRATES, channel.bitrate).map((n) =>
          [String(n), t("channel.bitrateValue", { n: n / 1000 })] as const
        )}
      />
    </div>
  );
}

/** The usual values and the present one, which another program may have chosen. */
function choices(usual: readonly number[], present: number): number[] {
  return [...new Set([...usual, present])].sort((a, b) => a - b);
}
