import type { Channel } from "../../../core/api/channel.ts";
import type { Thread } from "../../../core/api/thread.ts";
import type { Guild } from "../../../core/api/guild.ts";
import { channelIcon } from "../../lib/format/channel_icon.ts";
import { keepName } from "../../lib/browser/keep_name.ts";
import { menuHandlers, openMenuAt } from "../../lib/browser/place_menu.ts";
import { canJoin, joinVoice } from "../../lib/browser/join_voice.ts";
import { useFollowed } from "../../lib/browser/use_followed.ts";
import { channelPath, channelSlug, guildPath, threadPath } from "../../lib/format/paths.ts";
import { can } from "../../lib/format/rights.ts";
import { t } from "../../lib/i18n/t.ts";
import { type ChannelGroup, groupChannels } from "../../lib/store/channel_tree.ts";
import type { ChatState } from "../../lib/store/chat.ts";
import type { MenuTarget } from "../../lib/store/menu_target.ts";
import { channelShown, channelsShown, threadShown } from "../../lib/store/attention.ts";
import { threadName } from "../../lib/store/links.ts";
import { isTalk } from "../../lib/store/place.ts";
import { threadsUnder } from "../../lib/store/threads.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import { MentionBadge } from "./MentionBadge.tsx";
import { MutedMark } from "./MutedMark.tsx";
import { VoicePeople, voiceRef } from "./VoicePeople.tsx";

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
  const closed = state.kept.value.closed.includes(category.id);
  return (
    <details
      class="side-group"
      open={!closed}
      onToggle={(event) =>
        keepName(state, "closed", { name: category.id, on: !event.currentTarget.open })}
    >
      <summary
        data-stop
        {...menuHandlers(state, { kind: "category", guild, category, channels: group.channels })}
      >
        <Icon name="right" small />
        <span class="clip grow">{category.name}</span>
        {closed && <Waiting guildId={guild.id} channels={group.channels} />}
        {can(guild.permissions, "MANAGE_CHANNELS") && (
          <button
            type="button"
            class="icon-button small"
            data-stop-act
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
        <OptionsButton
          name={category.name}
          target={{ kind: "category", guild, category, channels: group.channels }}
        />
      </summary>
      {rows}
    </details>
  );
}

/** What waits in a folded category: it must not hide that one is called. */
function Waiting(
  { guildId, channels }: { guildId: string; channels: readonly Channel[] },
) {
  const state = useChat();
  const { unread, mentions } = useFollowed(
    () => channelsShown(state, guildId, channels),
    [guildId, channels],
  );
  if (mentions > 0) return <MentionBadge mentions={mentions} />;
  return unread > 0
    ? (
      <span class="dot news-dot">
        <span class="sr">{t("nav.unread", { n: unread })}</span>
      </span>
    )
    : null;
}

function OptionsButton({ name, target }: { name: string; target: MenuTarget }) {
  const state = useChat();
  return (
    <button
      type="button"
      class="icon-button small side-options"
      data-stop-act
      aria-haspopup="menu"
      title={t("place.options", { name })}
      aria-label={t("place.options", { name })}
      onClick={(event) => {
        event.preventDefault();
        openMenuAt(state, event.currentTarget, target);
      }}
    >
      <Icon name="more" small />
    </button>
  );
}

/** A press on a voice channel shows it and joins its call. */
function join(event: MouseEvent, state: ChatState, guild: Guild, channel: Channel) {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  joinVoice(state, guild, channel);
}

/** Whether a channel is where one is (`aria-current`), or a thread of it without a row of its own. */
function standingIn(state: ChatState, channel: Channel): "page" | "true" | undefined {
  const place = state.place.value;
  if (place.kind !== "channel") return undefined;
  if (place.roomId !== channel.room_id || place.channelId !== channel.id) return undefined;
  const { thread } = place;
  if (thread === undefined) return "page";
  return threadsUnder(state, channel).some(({ id }) => id === thread.id) ? undefined : "true";
}

function ChannelRow({ channel, guild }: { channel: Channel; guild: Guild }) {
  const state = useChat();
  const { here, unread, mentions, muted, inside } = useFollowed(
    () => ({
      here: standingIn(state, channel),
      ...channelShown(state, guild.id, channel),
      inside: state.voice.peopleIn(voiceRef(channel)).length,
    }),
    [channel, guild.id],
  );
  const classes = [
    "side-row",
    here && "here",
    unread > 0 && !here && "unread",
    channel.archived && "archived",
    muted && "muted",
  ]
    .filter(Boolean).join(" ");
  return (
    <>
      <li class="side-item">
        <a
          class={classes}
          href={channelPath(guild.id, channel)}
          data-stop
          {...menuHandlers(state, { kind: "channel", guild, channel })}
          aria-current={here}
          onClick={canJoin(state, channel)
            ? (event) => join(event, state, guild, channel)
            : undefined}
        >
          <Icon name={channelIcon(channel)} />
          <span class="clip grow">{channel.name}</span>
          {inside > 0 && <span class="sr">{t("call.inside", { n: inside })}</span>}
          {muted && <MutedMark />}
          {channel.private && <span class="sr">{t("channel.privateNote")}</span>}
          {channel.hidden && !channel.private && <span class="sr">{t("channel.hiddenNote")}</span>}
          {unread > 0 && <span class="sr">{t("nav.unread", { n: unread })}</span>}
          {mentions > 0 && <MentionBadge mentions={mentions} />}
        </a>
        <span class="side-acts">
          {can(channel.permissions, "MANAGE_CHANNELS") && (
            <a
              class="icon-button small side-edit"
              data-stop-act
              href={`${guildPath(guild.id)}/settings/channels/${
                encodeURIComponent(channelSlug(channel))
              }`}
              title={t("channel.settingsOf", { name: channel.name })}
              aria-label={t("channel.settingsOf", { name: channel.name })}
            >
              <Icon name="settings" small />
            </a>
          )}
          <OptionsButton name={channel.name} target={{ kind: "channel", guild, channel }} />
        </span>
      </li>
      <FollowedThreads guild={guild} channel={channel} />
      {inside > 0 && (
        <li>
          <VoicePeople channel={channel} guild={guild} />
        </li>
      )}
    </>
  );
}

function FollowedThreads({ guild, channel }: { guild: Guild; channel: Channel }) {
  return (
    <>
      {threadsUnder(useChat(), channel).map((thread) => (
        <ThreadRow key={thread.id} thread={thread} guild={guild} channel={channel} />
      ))}
    </>
  );
}

/** A followed thread, under its channel. */
function ThreadRow(
  { thread, guild, channel }: { thread: Thread; guild: Guild; channel: Channel },
) {
  const state = useChat();
  const { here, unread, mentions, muted } = useFollowed(() => {
    const place = state.place.value;
    return {
      here: isTalk(place) && place.thread?.id === thread.id,
      ...threadShown(state, guild.id, thread),
    };
  }, [thread, guild.id]);
  const classes = [
    "side-row",
    "thread",
    here && "here",
    unread > 0 && !here && "unread",
    muted &&
    "muted",
  ].filter(Boolean).join(" ");
  return (
    <li class="side-item">
      <a
        class={classes}
        href={threadPath(channelPath(guild.id, channel), thread.id)}
        data-stop
        aria-current={here ? "page" : undefined}
      >
        <Icon name="thread" small />
        <span class="sr">{t("thread.one")}</span>
        <span class="clip grow">{threadName(state, thread)}</span>
        {unread > 0 && <span class="sr">{t("nav.unread", { n: unread })}</span>}
        {mentions > 0 && <MentionBadge mentions={mentions} />}
      </a>
    </li>
  );
}
