import { useEffect, useState } from "preact/hooks";
import type { Message } from "../../../../core/api/message.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { loadSpan, openPlace } from "../../../lib/browser/history.ts";
import { nameOf } from "../../../lib/format/names.ts";
import { formatFull } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import { isTalk, placeKey } from "../../../lib/store/place.ts";
import { Avatar } from "../../Avatar.tsx";
import { Drawing } from "../../Drawing.tsx";
import { Attachments } from "../Attachments.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { Markdown } from "../Markdown.tsx";
import { drawMention } from "../mention.tsx";
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
      setMessages(pins.messages);
    }), []);
  const jump = (message: Message) => {
    if (!isTalk(place)) return;
    state.overlay.value = null;
    openPlace(state, { ...place, focus: message.id });
    const held = state.windowOf(placeKey(place)).value.messages.some((m) => m.id === message.id);
    if (!held) void loadSpan(state, place, { around: message.id });
  };
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
          <li key={message.id} class="quoted">
            <div class="row-tight">
              <Avatar
                id={message.author.id}
                name={nameOf(message.author)}
                uri={message.author.avatar}
                size="s"
              />
              <span class="strong clip">{message.nickname ?? nameOf(message.author)}</span>
              <span class="tiny faint grow clip">
                {formatFull(message.origin_ts, state.timeZone.value)}
              </span>
              <button type="button" class="button small" onClick={() => jump(message)}>
                {t("pins.jump")}
              </button>
            </div>
            <Markdown source={message.body} mention={(token) => drawMention(state, token)} />
            {message.media.length > 0 && <Attachments media={message.media} />}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
