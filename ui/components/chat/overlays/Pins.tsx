import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Message } from "../../../../core/api/message.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { setPinned } from "../../../lib/browser/messages.ts";
import { loadSpan, openPlace } from "../../../lib/browser/history.ts";
import { isEncrypted, privacyOf } from "../../../lib/browser/privacy.ts";
import { authorOf } from "../../../lib/format/author.ts";
import { faceOf } from "../../../lib/format/names.ts";
import { formatDate, formatFull, formatTime } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import { messageRights } from "../../../lib/store/message_rights.ts";
import type { ChatState } from "../../../lib/store/chat.ts";
import { isTalk, placeKey, type TalkPlace } from "../../../lib/store/place.ts";
import { Avatar } from "../../Avatar.tsx";
import { Drawing } from "../../Drawing.tsx";
import { Attachments } from "../Attachments.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { InboxWait } from "../inbox/InboxLine.tsx";
import { Markdown } from "../Markdown.tsx";
import { drawMention } from "../mention.tsx";
import SealedText from "../SealedText.tsx";
import { useSubmit } from "./use_submit.ts";

export default function Pins() {
  const state = useChat();
  const place = state.place.value;
  const [messages, setMessages] = useState<readonly Message[] | undefined>(undefined);
  /** Taken off here: they stay where they stand, to be put back. */
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());
  const { busy, error, run } = useSubmit();
  useEffect(() =>
    void run(async () => {
      if (!isTalk(place)) return;
      const pins = await callApi("listPins", {
        params: { room_id: place.roomId },
        query: { channel_id: place.channelId },
      });
      setMessages(
        isEncrypted(state, place.roomId)
          ? await (await privacyOf(state)).openAll(pins.messages)
          : pins.messages,
      );
    }), []);
  const jump = (message: Message) => isTalk(place) && goTo(state, place, message);
  const toggle = (message: Message) =>
    run(async () => {
      const on = gone.has(message.id);
      await setPinned(state, message, on);
      const others = [...gone].filter((id) => id !== message.id);
      setGone(new Set(on ? others : [...others, message.id]));
    });
  const mayPin = messageRights(state).pin;
  return (
    <Dialog title={t("pins.title")}>
      {error && <p class="field-error" role="alert">{error}</p>}
      {messages === undefined && !error && <InboxWait lines={4} />}
      {messages?.length === 0 && (
        <div class="empty">
          <Drawing name="quiet" />
          <h3>{t("pins.none")}</h3>
          <p>{t("pins.noneText")}</p>
        </div>
      )}
      <ul class="stack">
        {messages?.map((message) => (
          <Pinned key={message.id} message={message} gone={gone.has(message.id)}>
            <button
              type="button"
              class="button small"
              onClick={() =>
                jump(message)}
            >
              {t("pins.jump")}
            </button>
            {mayPin && (
              <PinButton
                on={!gone.has(message.id)}
                busy={busy}
                onPress={() => toggle(message)}
              />
            )}
          </Pinned>
        ))}
      </ul>
    </Dialog>
  );
}

function goTo(state: ChatState, place: TalkPlace, message: Message) {
  state.overlay.value = null;
  if (message.thread_id !== undefined) {
    const thread = { id: message.thread_id, focus: message.id };
    return openPlace(state, { ...place, focus: null, thread });
  }
  openPlace(state, { ...place, focus: message.id });
  const held = state.windowOf(placeKey(place)).value.messages.some((m) => m.id === message.id);
  if (!held) void loadSpan(state, place, { around: message.id });
}

function PinButton({ on, busy, onPress }: { on: boolean; busy: boolean; onPress: () => void }) {
  return (
    <button type="button" class="button small quiet" disabled={busy} onClick={onPress}>
      {t(on ? "message.unpin" : "message.pin")}
    </button>
  );
}

function Pinned({ message, gone, children }: {
  message: Message;
  gone: boolean;
  children: ComponentChildren;
}) {
  const state = useChat();
  const name = authorOf(message);
  const [ts, zone] = [message.origin_ts, state.timeZone.value];
  return (
    <li class={gone ? "quoted pinned gone" : "quoted pinned"}>
      <div class="row-tight wrap">
        <Avatar id={message.author.id} name={name} uri={faceOf(message)} size="s" />
        <span class="strong clip">{name}</span>
        <time
          class="tiny faint grow"
          dateTime={new Date(ts).toISOString()}
          title={formatFull(ts, zone)}
        >
          {formatDate(ts, zone)}, {formatTime(ts, zone)}
        </time>
      </div>
      {message.sealed && message.body === "" && message.media.length === 0
        ? <SealedText message={message} />
        : (
          <Markdown
            source={message.body}
            mention={(token) => drawMention(state, token, { everyone: message.mentions.everyone })}
          />
        )}
      {message.media.length > 0 && <Attachments media={message.media} />}
      <div class="row-tight end">{children}</div>
    </li>
  );
}
