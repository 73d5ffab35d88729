import { useState } from "preact/hooks";
import { THREAD_TITLE_CHARS } from "../../../lib/limits.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { threadName } from "../../../lib/store/links.ts";
import { takeThread } from "../../../lib/store/threads.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { useSubmit } from "./use_submit.ts";

/** What a thread is called; without a name, by the first words of the message it stands under. */
export default function NameThread(
  { overlay: { thread } }: { overlay: Extract<Overlay, { kind: "nameThread" }> },
) {
  const state = useChat();
  const [title, setTitle] = useState(thread.title ?? "");
  const { busy, error, run } = useSubmit();
  const save = () =>
    run(async () => {
      const params = { room_id: thread.room_id, event_id: thread.id };
      takeThread(state, await callApi("updateThread", { params, body: { title: title.trim() } }));
      state.overlay.value = null;
    });
  return (
    <Dialog title={t("thread.rename")}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <div class="field">
          <label for="thread-title">{t("thread.name")}</label>
          <input
            id="thread-title"
            class="input"
            value={title}
            maxLength={THREAD_TITLE_CHARS}
            placeholder={thread.title === null ? threadName(state, thread) : ""}
            aria-describedby="thread-title-hint"
            autocomplete="off"
            autofocus
            onInput={(event) => setTitle(event.currentTarget.value)}
          />
          <p class="hint" id="thread-title-hint">{t("thread.nameHint")}</p>
        </div>
        {error && <p class="field-error" role="alert">{error}</p>}
        <button type="submit" class="button primary wide" disabled={busy}>{t("save")}</button>
      </form>
    </Dialog>
  );
}
