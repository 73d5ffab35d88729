import { useState } from "preact/hooks";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { openPlace } from "../../../lib/browser/history.ts";
import { nameOf } from "../../../lib/format/names.ts";
import { t } from "../../../lib/i18n/t.ts";
import { placeOfGuild } from "../../../lib/store/place.ts";
import { Avatar } from "../../Avatar.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { useSubmit } from "./use_submit.ts";

export default function CreateGuild() {
  const state = useChat();
  const [name, setName] = useState(
    t("guild.defaultName", { name: nameOf(state.self.value.user) }),
  );
  const [localOnly, setLocalOnly] = useState(false);
  const { busy, error, run } = useSubmit();
  const create = () =>
    run(async () => {
      const guild = await callApi("createGuild", {
        body: { name: name.trim(), local_only: localOnly },
      });
      const others = state.guilds.value.filter((entry) => entry.id !== guild.id);
      state.guilds.value = [...others, guild];
      state.overlay.value = null;
      openPlace(state, placeOfGuild(guild));
    });
  return (
    <Dialog title={t("guild.create")}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <div class="row">
          <Avatar id={name} name={name === "" ? "?" : name} uri={null} size="l" guild />
          <div class="field grow">
            <label for="guild-name">{t("guild.name")}</label>
            <input
              id="guild-name"
              class="input"
              value={name}
              maxLength={100}
              required
              autofocus
              onFocus={(event) => event.currentTarget.select()}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          </div>
        </div>
        <p class="hint">{t("guild.createText")}</p>
        <LocalOnly checked={localOnly} onChange={setLocalOnly} />
        {error && <p class="field-error" role="alert">{error}</p>}
        <button type="submit" class="button primary wide" disabled={busy || name.trim() === ""}>
          {t("guild.create")}
        </button>
      </form>
      <a class="button wide" href="/templates">{t("template.begin")}</a>
      <hr />
      <JoinForm />
    </Dialog>
  );
}

function LocalOnly(props: { checked: boolean; onChange: (checked: boolean) => void }) {
  const state = useChat();
  return (
    <details class="more-options">
      <summary>{t("invite.options")}</summary>
      <label class="check">
        <input
          type="checkbox"
          checked={props.checked}
          onChange={(event) => props.onChange(event.currentTarget.checked)}
        />
        <span>
          <span class="strong">{t("guild.localOnly", { server: state.server.name })}</span>
          <span class="hint">{t("guild.localOnlyHint")}</span>
        </span>
      </label>
    </details>
  );
}

/** For those who were given a link and look for where to put it. */
function JoinForm() {
  const [code, setCode] = useState("");
  const join = () => {
    const link = code.trim();
    if (link !== "") location.assign(`/join?link=${encodeURIComponent(link)}`);
  };
  return (
    <form
      class="row"
      onSubmit={(event) => {
        event.preventDefault();
        join();
      }}
    >
      <input
        class="input grow"
        value={code}
        placeholder={t("guild.joinPlaceholder")}
        aria-label={t("guild.joinPlaceholder")}
        onInput={(event) => setCode(event.currentTarget.value)}
      />
      <button type="submit" class="button" disabled={code.trim() === ""}>
        {t("guild.join")}
      </button>
    </form>
  );
}
