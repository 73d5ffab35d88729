import type { Channel } from "../../../../../../core/api/channel.ts";
import { channelIcon } from "../../../../../lib/format/channel_icon.ts";
import { ActForm, Check, Select } from "../../../../../components/FormParts.tsx";
import { Field } from "../../../../../components/Field.tsx";
import { GuildSettings } from "../../../../../components/GuildSettings.tsx";
import { Icon } from "../../../../../components/Icon.tsx";
import { DragForm, MoveRow } from "../../../../../components/MoveRow.tsx";
import DragRows from "../../../../../islands/DragRows.tsx";
import type { Guild } from "../../../../../../core/api/guild.ts";
import type { Context } from "../../../../../lib/fresh/mod.ts";
import {
  dropChannel,
  type Placed,
  stepChannel,
} from "../../../../../lib/settings/channel_order.ts";
import { flag, text } from "../../../../../lib/forms.ts";
import { formPage } from "../../../../../lib/form_page.ts";
import { channelSlug } from "../../../../../lib/format/paths.ts";
import { topicText } from "../../../../../lib/format/topic_text.ts";
import { settingsPath } from "../../../../../lib/guild_links.ts";
import { guildParams, readGuild } from "../../../../../lib/guild_settings.ts";
import { t } from "../../../../../lib/i18n/t.ts";
import { groupChannels } from "../../../../../lib/store/channel_tree.ts";
import { define, type State } from "../../../../../utils.ts";

const KINDS = ["text", "voice", "category"] as const;

async function reorder(ctx: Context<State>, place: (guild: Guild) => Placed[]): Promise<void> {
  const guild = await ctx.state.api.call("getGuild", { params: guildParams(ctx) });
  await ctx.state.api.call("orderChannels", {
    params: guildParams(ctx),
    body: { channels: place(guild) },
  });
}

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
          ...(kind === "category" || text(form, "parent") === ""
            ? {}
            : { parent: text(form, "parent") }),
        },
      });
    },
    async move(ctx, form) {
      const [moved, way] = [
        text(form, "moved"),
        text(form, "way") === "up" ? "up" : "down",
      ] as const;
      await reorder(ctx, (guild) => stepChannel(guild, moved, way));
      return `${ctx.url.pathname}?saved=1#${way}-${moved}`;
    },
    async drop(ctx, form) {
      const moved = text(form, "moved");
      await reorder(ctx, (guild) => dropChannel(guild, moved, text(form, "before")));
      return `${ctx.url.pathname}?saved=1#up-${moved}`;
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
      lead="gs.channelsLead"
      note={data.note}
    >
      <ActForm act="create" class="card stack" id="new" refused={data.note.refused}>
        <h2>{t("channel.create")}</h2>
        <div class="row wrap form-line">
          <Field name="name" label={t("channel.name")} maxlength={100} required />
          <Select
            name="kind"
            label={t("channel.kind")}
            value="text"
            options={KINDS.map((kind) => [kind, t(`channel.kind.${kind}`)] as const)}
          />
          <Select
            name="parent"
            label={t("channel.category")}
            value=""
            options={[
              ["", t("channel.noCategory")],
              ...guild.channels.filter((each) => each.kind === "category")
                .map(({ id, name }) => [id, name] as const),
            ]}
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
          {group.category && <ChannelRow channel={group.category} guild={guild} />}
          {group.channels.map((channel) => (
            <ChannelRow key={channel.room_id + channel.id} channel={channel} guild={guild} />
          ))}
        </ul>
      ))}
      {guild.channels.length === 0 && <p class="muted">{t("channel.none")}</p>}
      <DragForm />
      <DragRows />
    </GuildSettings>
  );
});

function ChannelRow({ channel, guild }: { channel: Channel; guild: Guild }) {
  return (
    <li
      class={channel.kind === "category" ? "row-card category" : "row-card"}
      data-drag-id={channel.private ? undefined : channel.id}
    >
      <Icon name={channel.kind === "category" ? "list" : channelIcon(channel)} />
      <a
        class="grow row-link"
        draggable={false}
        href={`${settingsPath(guild)}/channels/${encodeURIComponent(channelSlug(channel))}`}
      >
        <span class="strong break">{channel.name}</span>{" "}
        {channel.archived && <span class="tag">{t("channel.archived")}</span>}
        {channel.private && (
          <span class="tag">
            {t(channel.encrypted ? "channel.isEncrypted" : "channel.notEncrypted")}
          </span>
        )}
        {channel.hidden && <span class="tag">{t("channel.hiddenTag")}</span>}
        {channel.topic && (
          <span class="small muted block clip">{topicText(guild, channel.topic)}</span>
        )}
      </a>
      {!channel.private && <MoveRow id={channel.id} name={channel.name} />}
    </li>
  );
}
