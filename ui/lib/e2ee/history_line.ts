import type { SealedHistory } from "../../../core/e2ee/payload.ts";
import { nameOf } from "../format/names.ts";
import { t } from "../i18n/t.ts";
import type { ChatState } from "../store/chat.ts";

export const DAY_MS = 24 * 3_600_000;

/** "Ada shared 30 days with Bo." */
export function historyLine(state: ChatState, by: string, history: SealedHistory): string {
  const n = Math.max(1, Math.round((history.until_ts - history.from_ts) / DAY_MS));
  return t("pastShare.line", { name: by, n, other: nameOf(state.userOf(history.to)) });
}
