import { useState } from "preact/hooks";
import { limits } from "../../../../core/limits.ts";
import { beginGroup } from "../../../lib/browser/group_dms.ts";
import { openDm } from "../../../lib/browser/guilds.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { PeoplePicker, type Picked, pickedIds } from "../PeoplePicker.tsx";
import { useSubmit } from "./use_submit.ts";

/** A conversation with one, or a group of several. */
export default function StartDm(
  { overlay }: { overlay: Extract<Overlay, { kind: "startDm" }> },
) {
  const state = useChat();
  const [picked, setPicked] = useState<Picked>({ chosen: overlay.chosen ?? [], query: "" });
  const [name, setName] = useState("");
  const { busy, error, run } = useSubmit();
  const ids = pickedIds(state, picked);
  const most = limits.authority.maxGroupPeople;
  const isFull = ids.length + 1 > most;
  const [first] = ids;
  const begin = () => {
    if (first === undefined || isFull) return;
    void run(() => ids.length === 1 ? openDm(state, first) : beginGroup(state, ids, name.trim()));
  };
  return (
    <Dialog title={overlay.chosen ? t("group.add") : t("dm.start")}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          begin();
        }}
      >
        <PeoplePicker id="dm-user" label={t("dm.whom")} picked={picked} onPick={setPicked} />
        {ids.length > 1
          ? (
            <div class="field">
              <label for="group-name">{t("group.nameOptional")}</label>
              <input
                id="group-name"
                class="input"
                value={name}
                maxLength={100}
                onInput={(event) => setName(event.currentTarget.value)}
              />
            </div>
          )
          : <p class="hint">{t("group.choose")}</p>}
        {isFull && <p class="field-error" role="alert">{t("group.full", { n: most })}</p>}
        {error && <p class="field-error" role="alert">{error}</p>}
        <button
          type="submit"
          class="button primary wide"
          disabled={busy || first === undefined || isFull}
        >
          {ids.length > 1 ? t("group.begin", { n: ids.length + 1 }) : t("dm.open")}
        </button>
      </form>
    </Dialog>
  );
}
