import { useEffect, useRef, useState } from "preact/hooks";
import type { User } from "../../../../core/api/user.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { handleOf, memberName, nameOf } from "../../../lib/format/names.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { guildOf } from "../../../lib/store/place.ts";
import { Avatar } from "../../Avatar.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { useSubmit } from "./use_submit.ts";

interface Page {
  readonly users: readonly User[];
  readonly more: boolean;
}

const NONE: Page = { users: [], more: false };

/** Who voted in a poll, one answer at a time; it begins with the one that leads. */
export default function Voters(
  { overlay: { message } }: { overlay: Extract<Overlay, { kind: "voters" }> },
) {
  const state = useChat();
  const options = message.poll?.options ?? [];
  const [option, setOption] = useState(() =>
    options.reduce((best, each, at) => each.votes > (options[best]?.votes ?? 0) ? at : best, 0)
  );
  const [page, setPage] = useState<Page>(NONE);
  const { busy, error, run } = useSubmit();
  const wanted = useRef(option);
  wanted.current = option;
  const load = (before: Page) =>
    run(async () => {
      const next = await callApi("listVoters", {
        params: { room_id: message.room_id, event_id: message.id },
        query: { option, after: before.users.at(-1)?.id },
      });
      if (wanted.current !== option) return;
      setPage({ users: [...before.users, ...next.users], more: next.has_more });
    });
  useEffect(() => {
    setPage(NONE);
    void load(NONE);
  }, [option]);
  const guild = guildOf(state.known, state.place.value);
  const called = (user: User) => {
    const member = state.memberOf(guild?.id ?? null, user.id);
    return member ? memberName(member) : nameOf(user);
  };
  return (
    <Dialog title={t("poll.who")}>
      <p class="strong">{message.body}</p>
      <div class="poll-answers" role="group" aria-label={t("poll.options")}>
        {options.map(({ text, votes }, at) => (
          <button
            key={at}
            type="button"
            class="button small"
            disabled={busy}
            aria-pressed={at === option ? "true" : "false"}
            onClick={() => setOption(at)}
          >
            <span class="clip">{text}</span> <span class="faint">{votes}</span>
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
      {page.users.length === 0 && !error && (
        <p class="muted">{t(busy ? "loading" : "poll.nobody")}</p>
      )}
      {page.more && (
        <button type="button" class="button" disabled={busy} onClick={() => load(page)}>
          {t("members.more")}
        </button>
      )}
    </Dialog>
  );
}
