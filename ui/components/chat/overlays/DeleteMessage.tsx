import { useState } from "preact/hooks";
import { deleteMessage } from "../../../lib/browser/delete_messages.ts";
import { authorOf } from "../../../lib/format/author.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { Markdown } from "../Markdown.tsx";
import { drawMention } from "../mention.tsx";
import { ActRow } from "./ActRow.tsx";
import { useSubmit } from "./use_submit.ts";

export default function DeleteMessage(
  { overlay }: { overlay: Extract<Overlay, { kind: "deleteMessage" }> },
) {
  const state = useChat();
  const { message } = overlay;
  const [reason, setReason] = useState("");
  const { busy, run } = useSubmit();
  const own = message.author.id === state.self.value.user.id;
  const remove = () =>
    run(async () => {
      await deleteMessage(state, message, reason.trim());
      state.overlay.value = null;
    });
  return (
    <Dialog title={t("message.deleteTitle")}>
      <blockquote class="quoted">
        <p class="strong small">{authorOf(message)}</p>
        {message.body === ""
          ? (
            <p class="muted">
              {t(message.sealed && message.media.length === 0 ? "sealed.new" : "log.file")}
            </p>
          )
          : (
            <Markdown
              source={message.body}
              mention={(token) =>
                drawMention(state, token, { everyone: message.mentions.everyone })}
            />
          )}
      </blockquote>
      <p class="muted">{t("message.deleteText")}</p>
      {!own && (
        <label class="field">
          <span class="label">{t("moderate.reason")}</span>
          <input
            class="input"
            value={reason}
            maxLength={512}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
        </label>
      )}
      <ActRow
        label={t("delete")}
        disabled={busy}
        autofocus
        onAct={remove}
      />
    </Dialog>
  );
}
