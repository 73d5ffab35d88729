import type { Channel } from "../../../core/api/channel.ts";
import type { Guild } from "../../../core/api/guild.ts";
import { channelIcon } from "../../lib/format/channel_icon.ts";
import { channelPath } from "../../lib/format/paths.ts";
import { can } from "../../lib/format/rights.ts";
import { t } from "../../lib/i18n/t.ts";
import { type ChannelGroup, groupChannels } from "../../lib/store/channel_tree.ts";
import { channelUnread } from "../../lib/store/unread.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import { cap } from "./Rail.tsx";

/** A guild's channels under their categories. */
export function ChannelList({ guild }: { guild: Guild }) {
  const groups = groupChannels(guild);
  if (groups.length === 0) return <p class="side-hint">{t("channel.none")}</p>;
  return (
    <>
      {groups.map((group) => (
        <Group key={group.category?.id ?? "loose"} group={group} guild={guild} />
      ))}
    </>
  );
}

function Group({ group, guild }: { group: ChannelGroup; guild: Guild }) {
  const state = useChat();
  const rows = (
    <ul class="side-list">
      {group.channels.map((channel) => (
        <ChannelRow key={channel.room_id + channel.id} channel={channel} guild={guild} />
      ))}
    </ul>
  );
  const { category } = group;
  if (!category) return rows;
  return (
    <details class="side-group" open>
      <summary>
        <Icon name="right" small />
        <span class="clip grow">{category.name}</span>
        {can(guild.permissions, "MANAGE_CHANNELS") && (
          <button
            type="button"
            class="icon-button small"
            title={t("channel.createIn", { name: category.name })}
            aria-label={t("channel.createIn", { name: category.name })}
            onClick={(event) => {
              event.preventDefault();
              state.overlay.value = {
                kind: "createChannel",
                guildId: guild.id,
                parent: category.id,
              };
            }}
          >
            <Icon name="plus" small />
          </button>
        )}
      </summary>
      {rows}
    </details>
  );
}

function ChannelRow({ channel, guild }: { channel: Channel; guild: Guild }) {
  const state = useChat();
  const place = state.place.value;
  const here = place.kind === "channel" && place.roomId === channel.room_id &&
    place.channelId === channel.id;
  const { unread, mentions } = channelUnread(state.reads.value, channel);
  const classes = [
    "side-row",
    here && "here",
    unread > 0 && !here && "unread",
    channel.archived && "archived",
  ]
    .filter(Boolean).join(" ");
  return (
    <li class="side-item">
      <a
        class={classes}
        href={channelPath(guild.id, channel)}
        aria-current={here ? "page" : undefined}
      >
        <Icon name={channelIcon(channel)} />
        <span class="clip grow">{channel.name}</span>
        {channel.private && <span class="sr">{t("channel.privateNote")}</span>}
        {unread > 0 && <span class="sr">{t("nav.unread", { n: unread })}</span>}
        {mentions > 0 && (
          <span class="badge">
            {cap(mentions)}
            <span class="sr">{t("nav.mentions", { n: mentions })}</span>
          </span>
        )}
      </a>
      {can(channel.permissions, "MANAGE_CHANNELS") && (
        <a
          class="icon-button small side-edit"
          href={`${channelPath(guild.id, channel).replace(/\/[^/]+$/, "")}/settings/channels/${
            encodeURIComponent(channel.private ? channel.room_id : channel.id)
          }`}
          title={t("channel.settingsOf", { name: channel.name })}
          aria-label={t("channel.settingsOf", { name: channel.name })}
        >
          <Icon name="settings" small />
        </a>
      )}
    </li>
  );
}
