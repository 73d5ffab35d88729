import { useComputed } from "@preact/signals";
import type { Message } from "../../../core/api/message.ts";
import type { Poll } from "../../../core/api/poll.ts";
import { openMessageMenu } from "../../lib/browser/message_menu.ts";
import { toggleReaction } from "../../lib/browser/messages.ts";
import { menuHandlers } from "../../lib/browser/place_menu.ts";
import { maySelect, toggleSelected } from "../../lib/browser/select_messages.ts";
import { useLazy } from "../../lib/browser/use_lazy.ts";
import { loadSpan, openPlace } from "../../lib/browser/history.ts";
import { authorOf } from "../../lib/format/author.ts";
import { faceOf, foreignServer, handleOf, nameOf } from "../../lib/format/names.ts";
import { channelPath, messagePath } from "../../lib/format/paths.ts";
import { colorClass } from "../../lib/format/role_color.ts";
import { lockOf } from "../../lib/store/locked_media.ts";
import { messageHref, personTarget, plainText, showProfile } from "../../lib/store/links.ts";
import { formatFull, formatTime } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import type { ChatState } from "../../lib/store/chat.ts";
import { isTalk, placeKey, refKey } from "../../lib/store/place.ts";
import { Avatar } from "../Avatar.tsx";
import { Icon } from "../Icon.tsx";
import { Attachments } from "./Attachments.tsx";
import { useChat, useVenue } from "./chat_context.ts";
import { ReactionKey } from "./EmojiPicture.tsx";
import { Folded, isLong } from "./Folded.tsx";
import { Markdown } from "./Markdown.tsx";
import { drawMention } from "./mention.tsx";
import { Previews } from "./Previews.tsx";
import { PollText } from "./PollText.tsx";
import { ThreadLine } from "./ThreadLine.tsx";
import { MessageTools } from "./MessageTools.tsx";

interface RowProps {
  message: Message;
  grouped: boolean;
  focused: boolean;
  /** The newest one, where the focus enters the feed when none had it. */
  last: boolean;
  /** The other one of the conversation has read it. */
  seen: boolean;
}

/** Messages of people whom the viewer has blocked: how many, until they are asked for. */
export function HiddenRow(
  { messages, focus }: { messages: readonly Message[]; focus: string | null },
) {
  const state = useChat();
  const ids = messages.map(({ id }) => id);
  const text = t("friend.hiddenMessages", { n: ids.length });
  const show = () => {
    state.unfolded.value = new Set([...state.unfolded.value, ...ids]);
    // The button goes: whoever works by keyboard goes on at the first of them.
    requestAnimationFrame(() =>
      document.querySelector<HTMLElement>(`[data-row="${CSS.escape(ids[0] ?? "")}"]`)?.focus()
    );
  };
  return (
    <article
      class="msg grouped"
      data-row={focus !== null && ids.includes(focus) ? focus : ids.at(-1)}
      aria-label={text}
      tabIndex={-1}
    >
      <span />
      <p class="msg-body small faint row-tight">
        {text}
        <button type="button" class="button small" onClick={show}>
          {t("friend.showMessage")}
        </button>
      </p>
    </article>
  );
}

/** An article of the feed that can be focused and acted on. */
export function MessageRow({ message, grouped, focused, last, seen }: RowProps) {
  const state = useChat();
  const name = message.nickname ?? nameOf(message.author);
  // Through a computed: what is under the pointer draws two rows anew, not all.
  const active = useComputed(() => state.active.value === message.id).value;
  const enters = last && state.active.value === null;
  const selection = state.selection.value;
  const choosing = selection?.key === refKey(message);
  const selectable = choosing && maySelect(state, message);
  const selected = choosing && selection.chosen.some((each) => each.id === message.id);
  const classes = [
    "msg",
    grouped && "grouped",
    message.mentions_me && "mention",
    focused && "focus",
    choosing && "choosing",
    selected && "selected",
    active && "active",
  ].filter(Boolean).join(" ");
  const activate = () => state.active.value = message.id;
  return (
    <article
      class={classes}
      data-row={message.id}
      tabIndex={active || enters ? 0 : -1}
      aria-label={t("message.by", {
        name,
        time: formatFull(message.origin_ts, state.timeZone.value),
      })}
      onPointerEnter={(event) => event.pointerType === "mouse" && activate()}
      onClickCapture={(event) => choosing && choose(event, state, message)}
      onClick={activate}
      onContextMenu={openMessageMenu}
      // By keyboard only: under a finger the tools would appear before the tap ends, and take it.
      onFocus={(event) => event.currentTarget.matches(":focus-visible") && activate()}
      onKeyDown={(event) => onMessageKey(event, state, message)}
    >
      {selectable
        ? <SelectBox message={message} name={name} selected={selected} />
        : grouped
        ? <GroupedTime message={message} />
        : <AuthorPicture message={message} name={name} />}
      <div class="msg-body">
        {message.reply_to && <ReplyLine message={message} />}
        {!grouped && <MessageHead message={message} name={name} />}
        <MessageContent message={message} />
        {message.reactions.length > 0 && <Reactions message={message} />}
        {message.thread && message.thread.count > 0 && <ThreadLine thread={message.thread} />}
        {seen && <p class="msg-seen">{t("message.seen")}</p>}
      </div>
      {active && !message.redacted && selection === null && (
        <div class="tools-place">
          <MessageTools message={message} />
        </div>
      )}
    </article>
  );
}

/** While messages are chosen a press anywhere on one chooses it, and follows no link. */
function choose(event: MouseEvent, state: ChatState, message: Message) {
  event.preventDefault();
  event.stopPropagation();
  toggleSelected(state, { message, range: event.shiftKey });
}

function SelectBox(props: { message: Message; name: string; selected: boolean }) {
  const { message, name, selected } = props;
  const time = formatFull(message.origin_ts, useChat().timeZone.value);
  return (
    <button
      type="button"
      class="select-box"
      role="checkbox"
      aria-checked={selected ? "true" : "false"}
      aria-label={t("select.one", { name, time })}
    >
      {selected && <Icon name="check" small />}
    </button>
  );
}

/** While messages are chosen the space bar chooses; all other keys: `lib/keys/shortcuts.ts`. */
function onMessageKey(event: KeyboardEvent, state: ChatState, message: Message) {
  if (event.target !== event.currentTarget || event.key !== " ") return;
  if (state.selection.value?.key !== refKey(message)) return;
  toggleSelected(state, { message, range: event.shiftKey });
  event.preventDefault();
}

/** A webhook is nobody: its name has the menu of the message. */
function authorMenu(state: ChatState, message: Message, name: string) {
  return message.webhook ? {} : menuHandlers(state, personTarget(state, message.author.id, name));
}

function AuthorPicture({ message, name }: { message: Message; name: string }) {
  const state = useChat();
  return (
    <button
      type="button"
      class="msg-avatar"
      tabIndex={-1}
      aria-hidden="true"
      onClick={() => showProfile(state, message.author.id)}
      {...authorMenu(state, message, name)}
    >
      <Avatar id={message.author.id} name={name} uri={faceOf(message)} />
    </button>
  );
}

function GroupedTime({ message }: { message: Message }) {
  const state = useChat();
  const venue = useVenue();
  return (
    <a class="msg-side-time" href={messageHref(venue, message)} tabIndex={-1}>
      {formatTime(message.origin_ts, state.timeZone.value)}
    </a>
  );
}

function MessageHead({ message, name }: { message: Message; name: string }) {
  const state = useChat();
  const venue = useVenue();
  const zone = state.timeZone.value;
  const home = foreignServer(message.author.id, state.server.name);
  return (
    <div class="msg-head">
      <button
        type="button"
        class={`msg-name ${colorClass(message.color)}`}
        onClick={() => showProfile(state, message.author.id)}
        {...authorMenu(state, message, name)}
      >
        {name}
      </button>
      {message.webhook && <span class="tag accent">{t("user.webhook")}</span>}
      {message.author.bot && <span class="tag accent">{t("user.bot")}</span>}
      {home && <span class="tiny faint clip" title={handleOf(message.author.id)}>{home}</span>}
      <a
        class="msg-time"
        href={messageHref(venue, message)}
        title={formatFull(message.origin_ts, zone)}
      >
        <time dateTime={new Date(message.origin_ts).toISOString()}>
          {formatTime(message.origin_ts, zone)}
        </time>
      </a>
      {message.pinned && (
        <span class="faint" title={t("message.pinned")}>
          <Icon name="pin" small />
          <span class="sr">{t("message.pinned")}</span>
        </span>
      )}
      {message.unsealed && (
        <span class="tag danger" title={t("sealed.plainLong")}>{t("sealed.plain")}</span>
      )}
      {message.late && <span class="tag" title={t("message.lateLong")}>{t("message.late")}</span>}
    </div>
  );
}

export function MessageContent({ message }: { message: Message }) {
  const state = useChat();
  const { guild } = useVenue();
  if (message.redacted) {
    return (
      <p class="msg-gone">
        <Icon name="trash" small />
        {message.redacted.by === message.author.id ? t("message.deleted") : t("message.removed")}
        {message.redacted.reason && ` ${t("message.reason", { reason: message.redacted.reason })}`}
      </p>
    );
  }
  // Until it is open the server's word of its files is all there is, and says nothing.
  if (message.sealed && message.body === "" && !message.media.some(lockOf)) {
    return <Unopened message={message} />;
  }
  if (message.poll) return <PollSlot message={message} poll={message.poll} />;
  const text = (
    <Markdown
      source={message.body}
      mention={(token) => drawMention(state, token, { guild, everyone: message.mentions.everyone })}
    />
  );
  return (
    <>
      {message.forwarded && <ForwardedLine message={message} />}
      {message.body !== "" && (isLong(message.body) ? <Folded>{text}</Folded> : text)}
      {message.edited_ts !== null && (
        <button
          type="button"
          class="msg-edited"
          title={formatFull(message.edited_ts, state.timeZone.value)}
          onClick={() => state.overlay.value = { kind: "history", message }}
        >
          {t("message.edited")}
        </button>
      )}
      {message.media.length > 0 && <Attachments media={message.media} />}
      {message.previews && state.self.value.show_previews && (
        <Previews previews={message.previews} />
      )}
    </>
  );
}

/** Over a copy of another message: a way to that one for those who see where it stands. */
function ForwardedLine({ message }: { message: Message }) {
  const { path, guild } = useVenue();
  const { channel_id, event_id } = message.forwarded ?? {};
  const channel = guild?.channels.find(({ room_id, id }) =>
    room_id === message.room_id && id === channel_id
  );
  const at = channel && guild
    ? channelPath(guild.id, channel)
    : !guild && channel_id === message.channel_id
    ? path
    : undefined;
  return (
    <p class="msg-forwarded">
      <Icon name="forward" small />
      {t("forward.mark")}
      {at !== undefined && event_id !== undefined && (
        <a href={messagePath(at, event_id)}>{t("forward.original")}</a>
      )}
    </p>
  );
}

/** A poll as it can be read; what it takes to vote comes after it. */
function PollSlot({ message, poll }: { message: Message; poll: Poll }) {
  const Live = useLazy(true, () => import("./LivePoll.tsx"));
  return Live ? <Live message={message} poll={poll} /> : <PollText poll={poll} />;
}

/** A sealed message that is not open here. */
function Unopened({ message }: { message: Message }) {
  const Sealed = useLazy(true, () => import("./SealedText.tsx"));
  if (Sealed) return <Sealed message={message} />;
  return (
    <>
      <p class="skeleton skeleton-line" />
      {/* Nothing opens it there. */}
      <noscript>
        <p class="msg-sealed faint">{t("sealed.new")}</p>
      </noscript>
    </>
  );
}

function ReplyLine({ message }: { message: Message }) {
  const state = useChat();
  const { path, guild } = useVenue();
  const reply = message.reply_to;
  if (!reply) return null;
  const rootId = message.thread_id;
  const jump = (event: MouseEvent) => {
    const place = state.place.value;
    if (!isTalk(place)) return;
    event.preventDefault();
    event.stopPropagation();
    if (rootId !== undefined && rootId !== reply.id) {
      return openPlace(state, { ...place, thread: { id: rootId, focus: reply.id } }, "none");
    }
    openPlace(state, { ...place, focus: reply.id }, "none");
    const held = state.windowOf(placeKey(place)).value.messages.some((m) => m.id === reply.id);
    if (!held) void loadSpan(state, place, { around: reply.id });
  };
  return (
    <a
      class="msg-reply"
      href={messagePath(path, reply.id)}
      onClick={jump}
    >
      <Icon name="reply" small />
      {reply.author && (
        <span class="strong nowrap">
          {authorOf({ author: reply.author, webhook: reply.webhook })}
        </span>
      )}
      <span class="clip">
        {reply.excerpt === null ? t("message.replyGone") : plainText(state, reply.excerpt, guild)}
      </span>
    </a>
  );
}

function Reactions({ message }: { message: Message }) {
  const state = useChat();
  const names = (users: readonly string[], count: number) => {
    const known = users.slice(0, 5).map((id) => nameOf(state.userOf(id)));
    const more = count - known.length;
    return known.join(", ") + (more > 0 ? ` ${t("reaction.more", { n: more })}` : "");
  };
  return (
    <ul class="reactions" aria-label={t("reaction.list")}>
      {message.reactions.map((reaction) => (
        <li key={reaction.key}>
          <button
            type="button"
            class="reaction"
            aria-pressed={reaction.me ? "true" : "false"}
            title={names(reaction.users, reaction.count)}
            aria-label={`${t("reaction.one", { key: reaction.key, n: reaction.count })}: ${
              names(reaction.users, reaction.count)
            }`}
            onClick={() => toggleReaction(state, message, reaction.key)}
            onContextMenu={(event) => {
              event.preventDefault();
              state.overlay.value = { kind: "reactors", message, key: reaction.key };
            }}
          >
            <ReactionKey value={reaction.key} />
            <span class="count">{reaction.count}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
