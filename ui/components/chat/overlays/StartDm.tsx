import { useMemo, useState } from "preact/hooks";
import type { User } from "../../../../core/api/user.ts";
import { parseTypedUserId } from "../../../../core/ids/user_id.ts";
import { openDm } from "../../../lib/browser/guilds.ts";
import { handleOf, nameOf } from "../../../lib/format/names.ts";
import { t } from "../../../lib/i18n/t.ts";
import { Avatar } from "../../Avatar.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { useSubmit } from "./use_submit.ts";

const SHOWN = 8;

export default function StartDm() {
  const state = useChat();
  const [query, setQuery] = useState("");
  const { busy, error, run } = useSubmit();
  const selfId = state.self.value.user.id;
  const found = useMemo((): User[] => {
    const typed = query.trim().toLowerCase().replace(/^@/, "");
    return [...state.users.values()]
      .filter((user) =>
        user.id !== selfId &&
        (nameOf(user).toLowerCase().includes(typed) || user.id.slice(1).startsWith(typed) ||
          handleOf(user.id).slice(1).startsWith(typed))
      )
      .slice(0, SHOWN);
  }, [query]);
  const open = (userId: string) => run(() => openDm(state, userId));
  const typedId = () => {
    const typed = query.trim().toLowerCase();
    return parseTypedUserId(typed) ?? `@${typed.replace(/^@/, "")}:${state.server.name}`;
  };
  return (
    <Dialog title={t("dm.start")}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (query.trim() !== "") void open(typedId());
        }}
      >
        <div class="field">
          <label for="dm-user">{t("dm.whom")}</label>
          <input
            id="dm-user"
            class="input"
            value={query}
            placeholder={t("dm.whomPlaceholder", { server: state.server.name })}
            autocapitalize="none"
            spellcheck={false}
            autofocus
            onInput={(event) => setQuery(event.currentTarget.value)}
          />
        </div>
        {found.length > 0 && <People users={found} onPick={open} />}
        {error && <p class="field-error" role="alert">{error}</p>}
        <button type="submit" class="button primary wide" disabled={busy || query.trim() === ""}>
          {t("dm.open")}
        </button>
      </form>
    </Dialog>
  );
}

function People({ users, onPick }: { users: readonly User[]; onPick: (userId: string) => void }) {
  const state = useChat();
  return (
    <ul class="pick-list">
      {users.map((user) => (
        <li key={user.id}>
          <button type="button" class="side-row" onClick={() => onPick(user.id)}>
            <Avatar
              id={user.id}
              name={nameOf(user)}
              uri={user.avatar}
              size="m"
              presence={state.presenceOf(user.id)}
            />
            <span class="grow clip">
              <span class="clip block strong">{nameOf(user)}</span>
              <span class="clip block tiny faint">{handleOf(user.id)}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
