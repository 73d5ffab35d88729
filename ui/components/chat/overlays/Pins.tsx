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
import { isTalk, placeKey } from "../../../lib/store/place.ts";
import { Avatar } from "../../Avatar.tsx";
import { Drawing } from "../../Drawing.tsx";
import { Attachments } from "../Attachments.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { Markdown } from "../Markdown.tsx";
import { drawMention } from "../mention.tsx";
import SealedText from "../SealedText.tsx";
import { useSubmit } from "./use_submit.ts";

export default function Pins() {
  const state = useChat();
  const place = state.place.value;
  const [messages, setMessages] = useState<readonly Message[]>([]);
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
  const jump = (message: Message) => {
    if (!isTalk(place)) return;
    state.overlay.value = null;
    if (message.thread_id !== undefined) {
      const thread = { id: message.thread_id, focus: message.id };
      return openPlace(state, { ...place, focus: null, thread });
    }
    openPlace(state, { ...place, focus: message.id });
    const held = state.windowOf(placeKey(place)).value.messages.some((m) => m.id === message.id);
    if (!held) void loadSpan(state, place, { around: message.id });
  };
  const unpin = (message: Message) =>
    run(async () => {
      await setPinned(state, message, false);
      setMessages(messages.filter((each) => each.id !== message.id));
    });
  const mayPin = messageRights(state).pin;
  return (
    <Dialog title={t("pins.title")}>
      {error && <p class="field-error" role="alert">{error}</p>}
      {!busy && !error && messages.length === 0 && (
        <div class="empty">
          <Drawing name="quiet" />
          <h3>{t("pins.none")}</h3>
          <p>{t("pins.noneText")}</p>
        </div>
      )}
      <ul class="stack">
        {messages.map((message) => (
          <Pinned key={message.id} message={message}>
            <button type="button" class="button small" onClick={() => jump(message)}>
              {t("pins.jump")}
            </button>
            {mayPin && (
              <button
                type="button"
                class="button small quiet"
                disabled={busy}
                onClick={() => unpin(message)}
              >
                {t("message.unpin")}
              </button>
            )}
          </Pinned>
        ))}
      </ul>
    </Dialog>
  );
}

function Pinned({ message, children }: { message: Message; children: ComponentChildren }) {
  const state = useChat();
  const name = authorOf(message);
  const [ts, zone] = [message.origin_ts, state.timeZone.value];
  return (
    <li class="quoted">
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
        {children}
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
    </li>
  );
}
