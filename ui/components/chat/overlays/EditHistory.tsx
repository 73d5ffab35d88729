import { useEffect, useState } from "preact/hooks";
import { callApi } from "../../../lib/browser/browser_api.ts";
import type { CallResult } from "../../../lib/api/types.ts";
import { formatFull } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { Markdown } from "../Markdown.tsx";
import { drawMention } from "../mention.tsx";
import { useSubmit } from "./use_submit.ts";

/** Every form a message has had. */
export default function EditHistory(
  { overlay }: { overlay: Extract<Overlay, { kind: "history" }> },
) {
  const state = useChat();
  const { message } = overlay;
  const [history, setHistory] = useState<CallResult<"getMessage">["history"]>([]);
  const { busy, error, run } = useSubmit();
  useEffect(() =>
    void run(async () => {
      const full = await callApi("getMessage", {
        params: { room_id: message.room_id, event_id: message.id },
      });
      setHistory(full.history.toReversed());
    }), []);
  return (
    <Dialog title={t("message.history")}>
      {busy && <p class="muted">{t("loading")}</p>}
      {error && <p class="field-error" role="alert">{error}</p>}
      <ol class="stack">
        {history.map((entry) => (
          <li key={entry.ts} class="quoted">
            <p class="tiny faint">{formatFull(entry.ts, state.timeZone.value)}</p>
            <Markdown source={entry.body} mention={(token) => drawMention(state, token)} />
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
