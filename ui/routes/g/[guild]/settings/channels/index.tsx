import type { Channel } from "../../../../../../core/api/channel.ts";
import { channelIcon } from "../../../../../lib/format/channel_icon.ts";
import { ActForm, Check, Select } from "../../../../../components/FormParts.tsx";
import { Field } from "../../../../../components/Field.tsx";
import { GuildSettings } from "../../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../../components/Icon.tsx";
import { flag, text } from "../../../../../lib/forms.ts";
import { formPage } from "../../../../../lib/form_page.ts";
import { channelSlug } from "../../../../../lib/format/paths.ts";
import { guildParams, readGuild, settingsPath } from "../../../../../lib/guild_settings.ts";
import { t } from "../../../../../lib/i18n/t.ts";
import { groupChannels } from "../../../../../lib/store/channel_tree.ts";
import { define } from "../../../../../utils.ts";

const KINDS = ["text", "voice", "category"] as const;

export const handler = define.handlers(formPage(
  async (ctx) => ({ guild: await readGuild(ctx, "gs.channels") }),
  {
    async create(ctx, form) {
      const { guild_id } = guildParams(ctx);
      const kind = KINDS.find((entry) => entry === text(form, "kind")) ?? "text";
      await ctx.state.api.call("createChannel", {
        body: {
          guild_id,
          kind,
          name: text(form, "name").trim(),
          private: kind === "text" && flag(form, "private"),
        },
      });
    },
    async move(ctx, form) {
      const guild = await ctx.state.api.call("getGuild", { params: guildParams(ctx) });
      const rows = groupChannels(guild).flatMap((group) => [
        ...(group.category ? [group.category] : []),
        ...group.channels,
      ]).filter((channel) => !channel.private);
      const from = rows.findIndex((channel) => channel.id === text(form, "channel"));
      const to = from + (text(form, "way") === "up" ? -1 : 1);
      const [moved] = rows.splice(from, 1);
      if (from < 0 || !moved || to < 0) return;
      rows.splice(to, 0, moved);
      await ctx.state.api.call("orderChannels", {
        params: guildParams(ctx),
        body: { channels: rows.map(({ id, parent }) => ({ id, parent })) },
      });
    },
  },
));

export default define.page<typeof handler>(({ data, state }) => {
  const { guild } = data;
  return (
    <GuildSettings
      state={state}
      guild={guild}
      part="channels"
      heading={t("gs.channels")}
      note={data.note}
    >
      <ActForm act="create" class="card stack">
        <div class="row form-line">
          <Field name="name" label={t("channel.name")} maxlength={100} required />
          <Select
            name="kind"
            label={t("channel.kind")}
            value="text"
            options={KINDS.map((kind) => [kind, t(`channel.kind.${kind}`)] as const)}
          />
        </div>
        <Check
          name="private"
          label={t("channel.private")}
          hint={t("channel.privateHint")}
          checked={false}
        />
        <div>
          <button class="button primary" type="submit">{t("channel.create")}</button>
        </div>
      </ActForm>
      {groupChannels(guild).map((group) => (
        <ul class="rows" key={group.category?.id ?? "loose"}>
          {group.category && <ChannelRow channel={group.category} base={settingsPath(guild)} />}
          {group.channels.map((channel) => (
            <ChannelRow
              key={channel.room_id + channel.id}
              channel={channel}
              base={settingsPath(guild)}
            />
          ))}
        </ul>
      ))}
    </GuildSettings>
  );
});

function ChannelRow({ channel, base }: { channel: Channel; base: string }) {
  return (
    <li class={channel.kind === "category" ? "row-card category" : "row-card"}>
      <Icon name={channel.kind === "category" ? "list" : channelIcon(channel)} />
      <a
        class="grow row-link"
        href={`${base}/channels/${encodeURIComponent(channelSlug(channel))}`}
      >
        <span class="strong break">{channel.name}</span>{" "}
        {channel.archived && <span class="tag">{t("channel.archived")}</span>}
        {channel.private && <span class="tag">{t("channel.notEncrypted")}</span>}
      </a>
      {!channel.private && (
        <ActForm act="move" class="row-tight">
          <input type="hidden" name="channel" value={channel.id} />
          <button
            type="submit"
            class="icon-button small"
            name="way"
            value="up"
            aria-label={t("role.up", { name: channel.name })}
          >
            <Icon name="up" small />
          </button>
          <button
            type="submit"
            class="icon-button small"
            name="way"
            value="down"
            aria-label={t("role.down", { name: channel.name })}
          >
            <Icon name="down" small />
          </button>
        </ActForm>
      )}
    </li>
  );
}
