import { callApi } from "../../../lib/browser/browser_api.ts";
import { openPlace } from "../../../lib/browser/history.ts";
import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { ActRow } from "./ActRow.tsx";
import { useSubmit } from "./use_submit.ts";

export default function LeaveGuild(
  { overlay }: { overlay: Extract<Overlay, { kind: "leaveGuild" }> },
) {
  const state = useChat();
  const { busy, error, run } = useSubmit();
  const guild = state.guilds.value.find((entry) => entry.id === overlay.guildId);
  const leave = () =>
    run(async () => {
      await callApi("leaveGuild", { params: { guild_id: overlay.guildId } });
      state.overlay.value = null;
      openPlace(state, { kind: "home" }, "replace");
      state.guilds.value = state.guilds.value.filter((entry) => entry.id !== overlay.guildId);
    });
  return (
    <Dialog title={t("guild.leaveTitle", { name: guild?.name ?? "" })}>
      <p>{t("guild.leaveText")}</p>
      {error && <p class="field-error" role="alert">{error}</p>}
      <ActRow
        label={t("guild.leave")}
        disabled={busy}
        onAct={leave}
      />
    </Dialog>
  );
}
