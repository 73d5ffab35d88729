import { useEffect, useRef, useState } from "preact/hooks";
import type { User } from "../../../../core/api/user.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { privacyOf } from "../../../lib/browser/privacy.ts";
import { handleOf, memberName, nameOf } from "../../../lib/format/names.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { guildOf } from "../../../lib/store/place.ts";
import { Avatar } from "../../Avatar.tsx";
import { useChat } from "../chat_context.ts";
import { ReactionKey } from "../EmojiPicture.tsx";
import { Dialog } from "../Dialog.tsx";
import { useSubmit } from "./use_submit.ts";

interface Page {
  readonly users: readonly User[];
  readonly more: boolean;
}

const NONE: Page = { users: [], more: false };

/** Who reacted to a message, one reaction at a time. */
export default function Reactors(
  { overlay }: { overlay: Extract<Overlay, { kind: "reactors" }> },
) {
  const state = useChat();
  const { message } = overlay;
  const [key, setKey] = useState(overlay.key);
  const [page, setPage] = useState<Page>(NONE);
  const { busy, error, run } = useSubmit();
  const wanted = useRef(key);
  wanted.current = key;
  const load = (before: Page) =>
    run(async () => {
      if (message.sealed_reactions) {
        const users = (await privacyOf(state)).reactors(message, key);
        return setPage({ users: users.map((id) => state.userOf(id)), more: false });
      }
      const next = await callApi("listReactors", {
        params: { room_id: message.room_id, event_id: message.id },
        query: { key, after: before.users.at(-1)?.id },
      });
      if (wanted.current !== key) return;
      setPage({ users: [...before.users, ...next.users], more: next.has_more });
    });
  useEffect(() => {
    setPage(NONE);
    void load(NONE);
  }, [key]);
  const guild = guildOf(state.known, state.place.value);
  const called = (user: User) => {
    const member = state.memberOf(guild?.id ?? null, user.id);
    return member ? memberName(member) : nameOf(user);
  };
  return (
    <Dialog title={t("reaction.list")}>
      <div class="reactions" role="group" aria-label={t("reaction.list")}>
        {message.reactions.map((reaction) => (
          <button
            key={reaction.key}
            type="button"
            class="reaction"
            disabled={busy}
            aria-pressed={reaction.key === key ? "true" : "false"}
            aria-label={t("reaction.one", { key: reaction.key, n: reaction.count })}
            onClick={() => setKey(reaction.key)}
          >
            <ReactionKey value={reaction.key} />
            <span class="count">{reaction.count}</span>
          </button>
        ))}
      </div>
      {error && <p class="field-error" role="alert">{error}</p>}
      <ul class="stack pick-list" aria-busy={busy ? "true" : "false"}>
        {page.users.map((user) => (
          <li key={user.id} class="row-tight">
            <Avatar id={user.id} name={called(user)} uri={user.avatar} size="s" />
            <span class="strong clip">{called(user)}</span>
            <span class="tiny faint clip">{handleOf(user.id)}</span>
          </li>
        ))}
      </ul>
      {busy && page.users.length === 0 && <p class="muted">{t("loading")}</p>}
      {page.more && (
        <button type="button" class="button" disabled={busy} onClick={() => load(page)}>
          {t("members.more")}
        </button>
      )}
    </Dialog>
  );
}
