import { leaveDm } from "../../../lib/browser/close_dm.ts";
import { nameOf } from "../../../lib/format/names.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { ActRow } from "./ActRow.tsx";
import { useSubmit } from "./use_submit.ts";

export default function LeaveDm(
  { overlay: { dm } }: { overlay: Extract<Overlay, { kind: "leaveDm" }> },
) {
  const state = useChat();
  const { busy, error, run } = useSubmit();
  const name = nameOf(dm.user);
  return (
    <Dialog title={t("dm.leaveTitle", { name })}>
      <p>{t("dm.leaveText", { name })}</p>
      {error && <p class="field-error" role="alert">{error}</p>}
      <ActRow
        label={t("dm.leave")}
        disabled={busy}
        onAct={() => run(() => leaveDm(state, dm))}
      />
    </Dialog>
  );
}
