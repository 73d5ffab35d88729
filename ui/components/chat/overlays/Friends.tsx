import { useEffect, useState } from "preact/hooks";
import type { Preferences } from "../../../../core/api/preferences.ts";
import type { Relationship } from "../../../../core/api/relationships.ts";
import { parseTypedUserId } from "../../../../core/ids/user_id.ts";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { actOnFriend, askFriend, type FriendAct } from "../../../lib/browser/friends.ts";
import { openDm } from "../../../lib/browser/guilds.ts";
import { handleOf, nameOf } from "../../../lib/format/names.ts";
import { t } from "../../../lib/i18n/t.ts";
import { Avatar } from "../../Avatar.tsx";
import { Icon } from "../../Icon.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { useSubmit } from "./use_submit.ts";

/** Friends, requests both ways, and whom the viewer has blocked. */
export default function Friends() {
  const state = useChat();
  const submit = useSubmit();
  const all = [...state.relationships.value.values()]
    .sort((a, b) => nameOf(a.user) < nameOf(b.user) ? -1 : 1);
  const bonded = (bond: Relationship["bond"]) =>
    all.filter((each) => each.bond === bond && !each.blocked);
  return (
    <Dialog title={t("friend.title")} wide>
      <AskForm />
      {submit.error && <p class="field-error" role="alert">{submit.error}</p>}
      <Group name={t("friend.asks")} list={bonded("asks")} submit={submit} />
      <Group name={t("friend.friends")} list={bonded("friend")} submit={submit} />
      <Group name={t("friend.asked")} list={bonded("asked")} submit={submit} />
      <Group
        name={t("friend.blocked")}
        list={all.filter(({ blocked }) => blocked)}
        submit={submit}
      />
      {all.length === 0 && <p class="muted">{t("friend.none")}</p>}
      <WhoMayAsk />
    </Dialog>
  );
}

function AskForm() {
  const state = useChat();
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState<string | undefined>(undefined);
  const { busy, error, run } = useSubmit();
  const ask = () =>
    run(async () => {
      const text = typed.trim().toLowerCase();
      const id = parseTypedUserId(text) ?? `@${text.replace(/^@/, "")}:${state.server.name}`;
      await askFriend(state, id);
      setAsked(handleOf(id));
      setTyped("");
    });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== "") void ask();
      }}
    >
      <div class="field">
        <label for="friend-user">{t("friend.whom")}</label>
        <div class="row wrap friend-ask">
          <input
            id="friend-user"
            class="input grow"
            value={typed}
            placeholder={t("dm.whomPlaceholder", { server: state.server.name })}
            autocapitalize="none"
            spellcheck={false}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
          <button type="submit" class="button primary nowrap" disabled={busy}>
            {t("friend.send")}
          </button>
        </div>
      </div>
      {error && <p class="field-error" role="alert">{error}</p>}
      <p class="small muted" role="status">{asked && t("friend.sent", { name: asked })}</p>
    </form>
  );
}

function Group({ name, list, submit }: {
  readonly name: string;
  readonly list: readonly Relationship[];
  readonly submit: ReturnType<typeof useSubmit>;
}) {
  if (list.length === 0) return null;
  return (
    <section>
      <h3 class="group-name">
        {name} <span class="faint">{list.length}</span>
      </h3>
      <ul class="rows">
        {list.map((each) => <Row key={each.user.id} relationship={each} submit={submit} />)}
      </ul>
    </section>
  );
}

interface RowProps {
  readonly relationship: Relationship;
  readonly submit: ReturnType<typeof useSubmit>;
}

function Row({ relationship, submit }: RowProps) {
  const state = useChat();
  const { user, bond } = relationship;
  const name = nameOf(user);
  return (
    <li class="row-card">
      <Avatar
        id={user.id}
        name={name}
        uri={user.avatar}
        size="m"
        {...(bond === "friend" ? { presence: state.presenceOf(user.id) } : {})}
      />
      <button
        type="button"
        class="friend-name grow"
        onClick={() => state.overlay.value = { kind: "profile", userId: user.id, guildId: null }}
      >
        <span class="strong clip block">{name}</span>
        <span class="tiny faint clip block">{handleOf(user.id)}</span>
      </button>
      <RowActs relationship={relationship} submit={submit} />
    </li>
  );
}

function RowActs({ relationship, submit: { busy, run } }: RowProps) {
  const state = useChat();
  const { user, bond, blocked } = relationship;
  const name = nameOf(user);
  const act = (deed: FriendAct) => () => run(() => actOnFriend(state, user.id, deed));
  return (
    <>
      {bond === "friend" && !blocked && (
        <button
          type="button"
          class="icon-button"
          title={t("profile.message")}
          aria-label={t("friend.messageOf", { name })}
          onClick={() => run(() => openDm(state, user.id))}
        >
          <Icon name="chat" />
        </button>
      )}
      {bond === "asks" && !blocked && (
        <button
          type="button"
          class="button small primary"
          disabled={busy}
          aria-label={t("friend.acceptOf", { name })}
          onClick={act("accept")}
        >
          {t("friend.accept")}
        </button>
      )}
      {blocked && (
        <button
          type="button"
          class="button small"
          disabled={busy}
          aria-label={t("friend.unblockOf", { name })}
          onClick={act("unblock")}
        >
          {t("friend.unblock")}
        </button>
      )}
      {bond !== null && !blocked && (
        <button
          type="button"
          class="button small"
          disabled={busy}
          aria-label={t("friend.endOf", { act: t(`friend.end.${bond}`), name })}
          onClick={act("remove")}
        >
          {t(`friend.end.${bond}`)}
        </button>
      )}
    </>
  );
}

const CHOICES: readonly Preferences["requests_from"][] = ["everyone", "shared", "nobody"];

function WhoMayAsk() {
  const [from, setFrom] = useState<Preferences["requests_from"] | undefined>(undefined);
  const { busy, error, run } = useSubmit();
  useEffect(() => {
    void run(async () => setFrom((await callApi("getPreferences", {})).requests_from));
  }, []);
  if (from === undefined) return null;
  const choose = (chosen: string) =>
    run(async () => {
      const picked = CHOICES.find((each) => each === chosen) ?? from;
      const body = { requests_from: picked };
      setFrom((await callApi("updatePreferences", { body })).requests_from);
    });
  return (
    <div class="field">
      <label for="friend-from">{t("friend.from")}</label>
      <select
        id="friend-from"
        class="input"
        value={from}
        disabled={busy}
        onChange={(event) => void choose(event.currentTarget.value)}
      >
        {CHOICES.map((each) => <option key={each} value={each}>{t(`friend.from.${each}`)}</option>)}
      </select>
      {error && <p class="field-error" role="alert">{error}</p>}
      <p class="small muted">{t("friend.fromText")}</p>
    </div>
  );
}
