import type { Message } from "../../../core/api/message.ts";
import { historyLine } from "../../lib/e2ee/history_line.ts";
import { nameOf } from "../../lib/format/names.ts";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import { usePrivacy } from "./use_privacy.ts";

/** Where keys are brought back from. */
const RECOVERY = "/settings/encryption";

/**
 * An encrypted message without a text: it is being opened, or why it cannot be; or it shares what
 * was said before.
 */
export default function SealedText({ message }: { message: Message }) {
  const state = useChat();
  const privacy = usePrivacy();
  const status = privacy?.statusOf(message);
  if (status === undefined || status.kind === "opening") {
    return status?.slow
      ? <p class="msg-sealed faint">{t("sealed.restoring")}</p>
      : (
        <p class="msg-sealed">
          <span class="skeleton skeleton-line" />
          <span class="sr">{t("sealed.opening")}</span>
        </p>
      );
  }
  if (status.kind === "open") {
    const { history } = status.payload;
    return history === undefined ? null : (
      <p class="msg-sealed muted row-tight wrap">
        <Icon name="key" small />
        <span>{historyLine(state, message.nickname ?? nameOf(message.author), history)}</span>
      </p>
    );
  }
  const { fault } = status;
  const restores = fault === "before_join" || fault === "lost";
  return (
    <p class="msg-sealed faint row-tight wrap">
      <Icon name={fault === "not_genuine" ? "warning" : "lock"} small />
      <span>{t(`sealed.fault.${fault}`)}</span>
      {/* A browser that is not set up says so above the timeline, with the way out. */}
      {restores
        ? <a class="button small" href={RECOVERY}>{t("sealed.more")}</a>
        : fault !== "not_genuine" && fault !== "device_not_ready" && (
          <button
            type="button"
            class="button small"
            onClick={() => privacy?.retry(message)}
          >
            {t("sealed.again")}
          </button>
        )}
    </p>
  );
}
