import { useState } from "preact/hooks";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { Dialog } from "../Dialog.tsx";
import { PeopleList, usePeoplePages } from "./PeoplePages.tsx";

/** Who voted in a poll, one answer at a time; it begins with the one that leads. */
export default function Voters(
  { overlay: { message } }: { overlay: Extract<Overlay, { kind: "voters" }> },
) {
  const options = message.poll?.options ?? [];
  const [option, setOption] = useState(() =>
    options.reduce((best, each, at) => each.votes > (options[best]?.votes ?? 0) ? at : best, 0)
  );
  const pages = usePeoplePages(option, (after) =>
    callApi("listVoters", {
      params: { room_id: message.room_id, event_id: message.id },
      query: { option, after },
    }));
  return (
    <Dialog title={t("poll.who")}>
      <p class="strong">{message.body}</p>
      <div class="poll-answers" role="group" aria-label={t("poll.options")}>
        {options.map(({ text, votes }, at) => (
          <button
            key={at}
            type="button"
            class="button small"
            disabled={pages.busy}
            aria-pressed={at === option ? "true" : "false"}
            onClick={() => setOption(at)}
          >
            <span class="clip">{text}</span> <span class="faint">{votes}</span>
          </button>
        ))}
      </div>
      <PeopleList pages={pages} nobody={t("poll.nobody")} />
    </Dialog>
  );
}
