import { useEffect, useRef, useState } from "preact/hooks";
import type { User } from "../../../../core/api/user.ts";
import { handleOf, memberName, nameOf } from "../../../lib/format/names.ts";
import { t } from "../../../lib/i18n/t.ts";
import { guildOf } from "../../../lib/store/place.ts";
import { Avatar } from "../../Avatar.tsx";
import { useChat } from "../chat_context.ts";
import { useSubmit } from "./use_submit.ts";

interface Page {
  readonly users: readonly User[];
  readonly has_more: boolean;
}

const NONE: Page = { users: [], has_more: false };

/** People who did what is chosen, such as react with one emoji, a page at a time. */
export interface PeoplePages {
  readonly page: Page;
  readonly busy: boolean;
  readonly error: string | undefined;
  readonly more: () => void;
}

/** `load`: the page after a user's id. An answer for what was chosen before is not shown. */
export function usePeoplePages<Choice>(
  choice: Choice,
  load: (after: string | undefined) => Promise<Page>,
): PeoplePages {
  const [page, setPage] = useState<Page>(NONE);
  const { busy, error, run } = useSubmit();
  const wanted = useRef(choice);
  wanted.current = choice;
  const next = (before: Page) =>
    run(async () => {
      const { users, has_more } = await load(before.users.at(-1)?.id);
      if (wanted.current !== choice) return;
      setPage({ users: [...before.users, ...users], has_more });
    });
  useEffect(() => {
    setPage(NONE);
    void next(NONE);
  }, [choice]);
  return { page, busy, error, more: () => void next(page) };
}

/** `nobody`: said where there is none. */
export function PeopleList(
  { pages: { page, busy, error, more }, nobody }: {
    pages: PeoplePages;
    nobody?: string;
  },
) {
  const state = useChat();
  const guild = guildOf(state.known, state.place.value);
  const called = (user: User) => {
    const member = state.memberOf(guild?.id ?? null, user.id);
    return member ? memberName(member) : nameOf(user);
  };
  const empty = busy ? t("loading") : nobody;
  return (
    <>
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
      {page.users.length === 0 && !error && empty && <p class="muted">{empty}</p>}
      {page.has_more && (
        <button type="button" class="button" disabled={busy} onClick={more}>
          {t("members.more")}
        </button>
      )}
    </>
  );
}
