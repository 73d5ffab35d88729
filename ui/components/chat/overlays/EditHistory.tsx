import { useEffect, useState } from "preact/hooks";
import type { Message } from "../../../../core/api/message.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { privacyOf } from "../../../lib/browser/privacy.ts";
import type { CallResult } from "../../../lib/api/types.ts";
import { formatFull } from "../../../lib/format/time.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { ChatState, Overlay } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { Markdown } from "../Markdown.tsx";
import { drawMention } from "../mention.tsx";
import { useSubmit } from "./use_submit.ts";

type Entry = CallResult<"getMessage">["history"][number];

/** Earlier forms of an encrypted message; those that cannot be read here are left out. */
async function openHistory(
  state: ChatState,
  message: Message,
  history: readonly Entry[],
): Promise<Entry[]> {
  const forms = history.flatMap(({ sealed, event_id }) =>
    sealed ? [{ ...message, sealed, sealed_event_id: event_id, sealed_reactions: [] }] : []
  );
  const opened = await (await privacyOf(state)).openAll(forms);
  const bodies = new Map(opened.map((form) => [form.sealed_event_id, form.body]));
  return history
    .map((entry) => ({ ...entry, body: bodies.get(entry.event_id) ?? entry.body }))
    .filter((entry) => entry.body !== "");
}

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
      const history = message.sealed
        ? await openHistory(state, message, full.history)
        : full.history;
      setHistory(history.toReversed());
    }), []);
  return (
    <Dialog title={t("message.history")}>
      {busy && <p class="muted">{t("loading")}</p>}
      {error && <p class="field-error" role="alert">{error}</p>}
      <ol class="stack">
        {history.map((entry) => (
          <li key={entry.ts} class="quoted">
            <p class="tiny faint">{formatFull(entry.ts, state.timeZone.value)}</p>
            <Markdown
              source={entry.body}
              mention={(token) =>
                drawMention(state, token, { everyone: message.mentions.everyone })}
            />
          </li>
        ))}
      </ol>
    </Dialog>
  );
}
