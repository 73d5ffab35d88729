import { useState } from "preact/hooks";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { privacyOf } from "../../../lib/browser/privacy.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";
import { ReactionKey } from "../EmojiPicture.tsx";
import { Dialog } from "../Dialog.tsx";
import { PeopleList, usePeoplePages } from "./PeoplePages.tsx";

/** Who reacted to a message, one reaction at a time. */
export default function Reactors(
  { overlay }: { overlay: Extract<Overlay, { kind: "reactors" }> },
) {
  const state = useChat();
  const { message } = overlay;
  const [key, setKey] = useState(overlay.key);
  const pages = usePeoplePages(key, async (after) => {
    if (message.sealed_reactions) {
      const users = (await privacyOf(state)).reactors(message, key);
      return { users: users.map((id) => state.userOf(id)), has_more: false };
    }
    return await callApi("listReactors", {
      params: { room_id: message.room_id, event_id: message.id },
      query: { key, after },
    });
  });
  return (
    <Dialog title={t("reaction.list")}>
      <div class="reactions" role="group" aria-label={t("reaction.list")}>
        {message.reactions.map((reaction) => (
          <button
            key={reaction.key}
            type="button"
            class="reaction"
            disabled={pages.busy}
            aria-pressed={reaction.key === key ? "true" : "false"}
            aria-label={t("reaction.one", { key: reaction.key, n: reaction.count })}
            onClick={() => setKey(reaction.key)}
          >
            <ReactionKey value={reaction.key} />
            <span class="count">{reaction.count}</span>
          </button>
        ))}
      </div>
      <PeopleList pages={pages} />
    </Dialog>
  );
}
