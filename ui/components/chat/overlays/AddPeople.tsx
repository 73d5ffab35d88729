import { useMemo, useState } from "preact/hooks";
import { limits } from "../../../../core/limits.ts";
import { addPeople } from "../../../lib/browser/group_dms.ts";
import { groupPlace, mayShare, shareHistory } from "../../../lib/e2ee/share_history.ts";
import { isGroup } from "../../../lib/format/dm_name.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { SpanChoice } from "../encryption/SpanChoice.tsx";
import { PeoplePicker, type Picked, pickedIds } from "../PeoplePicker.tsx";
import { useSubmit } from "./use_submit.ts";

/** Brings more people into a conversation of several. */
export default function AddPeople(
  { overlay: { roomId } }: { overlay: Extract<Overlay, { kind: "addPeople" }> },
) {
  const state = useChat();
  const group = state.dms.value.filter(isGroup).find((each) => each.room_id === roomId);
  const [picked, setPicked] = useState<Picked>({ chosen: [], query: "" });
  const [days, setDays] = useState(0);
  const { busy, error, run } = useSubmit();
  const people = group?.people;
  const joined = useMemo(
    () => people?.filter((each) => each.state === "joined").map(({ user }) => user.id) ?? [],
    [people],
  );
  if (!people) return null;
  const ids = pickedIds(state, picked);
  const most = limits.authority.maxGroupPeople;
  const past = groupPlace(state, roomId);
  const add = async () => {
    await addPeople(state, roomId, ids);
    if (past && days > 0) await shareHistory(state, past, { userIds: ids, days });
  };
  const isFull = new Set([...people.map(({ user }) => user.id), ...ids]).size > most;
  return (
    <Dialog title={t("group.add")}>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (ids.length > 0 && !isFull) void run(add);
        }}
      >
        <PeoplePicker
          id="group-add"
          label={t("group.addWhom")}
          picked={picked}
          without={joined}
          onPick={setPicked}
        />
        <p class="hint">{t("group.addText")}</p>
        {past && mayShare(state, past) && <SpanChoice days={days} onDays={setDays} nothing />}
        {isFull && <p class="field-error" role="alert">{t("group.full", { n: most })}</p>}
        {error && <p class="field-error" role="alert">{error}</p>}
        <button
          type="submit"
          class="button primary wide"
          disabled={busy || ids.length === 0 || isFull}
        >
          {t("group.addAct", { n: ids.length })}
        </button>
      </form>
    </Dialog>
  );
}
