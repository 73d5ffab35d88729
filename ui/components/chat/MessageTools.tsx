import { useState } from "preact/hooks";
import type { Message } from "../../../core/api/message.ts";
import {
  markUnreadFrom,
  removePreviews,
  setPinned,
  toggleReaction,
} from "../../lib/browser/messages.ts";
import { talkOf } from "../../lib/browser/active_talk.ts";
import { openThread } from "../../lib/browser/history.ts";
import { follows } from "../../lib/store/threads.ts";
import { beginSelection } from "../../lib/browser/select_messages.ts";
import { showToast } from "../../lib/browser/toast.ts";
import { t } from "../../lib/i18n/t.ts";
import { messageHref } from "../../lib/store/links.ts";
import {
  canReact,
  mayEdit,
  mayForward,
  mayThread,
  messageRights,
} from "../../lib/store/message_rights.ts";
import { mayEndPoll } from "../../lib/store/poll_rights.ts";
import { refKey } from "../../lib/store/place.ts";
import { Icon } from "../Icon.tsx";
import { useChat, useVenue } from "./chat_context.ts";
import { EmojiButton } from "./EmojiButton.tsx";
import { Menu, MenuButton } from "./Menu.tsx";
import { ToolButton } from "./ToolButton.tsx";

const QUICK = ["👍", "❤️", "😂"];

/** The bar at the corner of the message under the pointer, focused or tapped. */
export function MessageTools({ message }: { message: Message }) {
  const state = useChat();
  const [picking, setPicking] = useState(false);
  const own = message.author.id === state.self.value.user.id;
  const mode = state.modeOf(refKey(message));
  const react = canReact(state);
  return (
    <div
      class={picking ? "tools held" : "tools"}
      role="toolbar"
      aria-label={t("message.tools")}
      onClick={(event) => event.stopPropagation()}
    >
      {react && QUICK.map((key) => (
        <button
          key={key}
          type="button"
          class="icon-button small quick"
          aria-label={t("reaction.with", { key })}
          onClick={() => toggleReaction(state, message, key)}
        >
          <span class="emoji">{key}</span>
        </button>
      ))}
      {react && (
        <EmojiButton
          label={t("reaction.add")}
          onOpen={setPicking}
          onPick={(key) => void toggleReaction(state, message, key)}
        />
      )}
      <ToolButton
        label={t("message.reply")}
        onClick={() => mode.value = { reply: message, edit: null }}
      >
        <Icon name="reply" />
      </ToolButton>
      {mayThread(state, message) && (
        <ToolButton
          label={t(message.thread ? "thread.open" : "thread.begin")}
          onClick={() => openThread(state, message.id)}
        >
          <Icon name="thread" />
        </ToolButton>
      )}
      {mayEdit(state, message) && (
        <ToolButton
          label={t("message.edit")}
          onClick={() => mode.value = { reply: null, edit: message }}
        >
          <Icon name="edit" />
        </ToolButton>
      )}
      <MoreMenu message={message} own={own} />
    </div>
  );
}

function WhereButton({ message }: { message: Message }) {
  const state = useChat();
  return (
    <MenuButton
      icon="flag"
      onClick={() => state.overlay.value = { kind: "whereItIs", message }}
    >
      {t("where.title")}
    </MenuButton>
  );
}

function HideButton({ message }: { message: Message }) {
  const state = useChat();
  return (
    <MenuButton icon="hidden" onClick={() => removePreviews(state, message)}>
      {t("preview.hide")}
    </MenuButton>
  );
}

function ReportButton({ message }: { message: Message }) {
  const state = useChat();
  return (
    <MenuButton
      icon="warning"
      onClick={() => state.overlay.value = { kind: "report", message }}
    >
      {t("report.open")}
    </MenuButton>
  );
}

function EndPollButton({ message }: { message: Message }) {
  const state = useChat();
  return (
    <MenuButton
      icon="poll"
      onClick={() => state.overlay.value = { kind: "endPoll", message }}
    >
      {t("poll.endTitle")}
    </MenuButton>
  );
}

function SayItems({ message }: { message: Message }) {
  const state = useChat();
  const mode = state.modeOf(refKey(message));
  return (
    <>
      <MenuButton icon="reply" onClick={() => mode.value = { reply: message, edit: null }}>
        {t("message.reply")}
      </MenuButton>
      {mayEdit(state, message) && (
        <MenuButton
          icon="edit"
          onClick={() => mode.value = { reply: null, edit: message }}
        >
          {t("message.edit")}
        </MenuButton>
      )}
      {mayForward(message) && (
        <MenuButton
          icon="forward"
          onClick={() => state.overlay.value = { kind: "forward", message }}
        >
          {t("forward.open")}
        </MenuButton>
      )}
    </>
  );
}

function MoreMenu({ message, own }: { message: Message; own: boolean }) {
  const state = useChat();
  const talk = talkOf(state, message);
  const venue = useVenue();
  const rights = messageRights(state);
  const firstKey = message.reactions[0]?.key;
  const copyLink = async () => {
    await navigator.clipboard.writeText(new URL(messageHref(venue, message), location.href).href);
    showToast(state, t("message.linkCopied"));
  };
  const copyText = async () => {
    await navigator.clipboard.writeText(message.body);
    showToast(state, t("copied"));
  };
  return (
    <Menu label={t("message.more")} icon="more" small>
      {/* A right click opens this menu alone: what is done most must be in it. */}
      <SayItems message={message} />
      {rights.pin && (
        <MenuButton
          icon="pin"
          onClick={() => setPinned(state, message, !message.pinned)}
        >
          {message.pinned ? t("message.unpin") : t("message.pin")}
        </MenuButton>
      )}
      {firstKey !== undefined && (
        <MenuButton
          icon="smile"
          onClick={() => state.overlay.value = { kind: "reactors", message, key: firstKey }}
        >
          {t("reaction.who")}
        </MenuButton>
      )}
      <MenuButton icon="link" onClick={copyLink}>{t("message.copyLink")}</MenuButton>
      {message.body !== "" && (
        <MenuButton icon="copy" onClick={copyText}>{t("message.copyText")}</MenuButton>
      )}
      {(own || rights.manage) && message.previews && <HideButton message={message} />}
      {!state.server.trial && <WhereButton message={message} />}
      {talk && (talk.root === undefined || follows(state, talk.root)) && (
        <MenuButton
          icon="eye"
          onClick={() => markUnreadFrom(state, talk, message)}
        >
          {t("message.markUnread")}
        </MenuButton>
      )}
      {mayEndPoll(state, message) && <EndPollButton message={message} />}
      {!own && <ReportButton message={message} />}
      {(own || rights.manage) && (
        <MenuButton
          icon="check"
          onClick={() => beginSelection(state, refKey(message), message)}
        >
          {t("select.this")}
        </MenuButton>
      )}
      {(own || rights.manage) && (
        <MenuButton
          icon="trash"
          danger
          onClick={() => state.overlay.value = { kind: "deleteMessage", message }}
        >
          {t("message.delete")}
        </MenuButton>
      )}
    </Menu>
  );
}
