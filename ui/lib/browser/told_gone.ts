import type { Dm } from "../../../core/api/gateway.ts";
import { dmName } from "../format/dm_name.ts";
import { formatFull } from "../format/time.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";
import { showToast } from "./toast.ts";

/** Says why a guild is gone that was here a moment ago; who left by themselves knows. */
export function tellGone(
  state: ChatState,
  guild: { readonly name: string },
  { reason, untilMs }: { readonly reason: string; readonly untilMs: number | undefined },
): void {
  const { name } = guild;
  if (reason === "kicked") showToast(state, t("guild.kicked", { name }), true);
  if (reason === "banned" && untilMs === undefined) {
    showToast(state, t("guild.banned", { name }), true);
  }
  if (reason === "banned" && untilMs !== undefined) {
    const when = formatFull(untilMs, state.timeZone.value);
    showToast(state, t("guild.bannedUntil", { name, when }), true);
  }
  if (reason === "ended") showToast(state, t("guild.ended", { name }), true);
  if (reason === "unverifiable") showToast(state, t("guild.unverifiable", { name }), true);
  if (reason === "deleted") showToast(state, t("guild.deleted", { name }));
}

/** Says why a request that stood open is gone. */
export function tellAnswered(state: ChatState, dm: Dm): void {
  showToast(state, t("dm.answered", { name: dmName(dm, state.self.value.user.id) }));
}
