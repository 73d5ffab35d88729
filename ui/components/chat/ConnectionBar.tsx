import { t } from "../../lib/i18n/t.ts";
import { Logo } from "../Logo.tsx";
import { useChat } from "./chat_context.ts";

/** The part that offered the newer version is loaded already, and takes it. */
function reload(): void {
  void import("../../lib/browser/service_worker.ts").then(({ takeUpdate }) => takeUpdate())
    .catch(() => location.reload());
}

/** The words and the button that bring the newer version. */
export function NewerVersion() {
  return (
    <>
      <span>{t("update.ready")}</span>
      <button type="button" class="button small" onClick={reload}>
        {t("update.reload")}
      </button>
    </>
  );
}

/** Says when the live connection is lost, and when a new version waits; silent while all is well. */
export function ConnectionBar() {
  const state = useChat();
  const lost = state.connection.value === "reconnecting";
  // Without a network, or drawn from what is kept here: trying again is not all there is to say.
  const offline = lost && (state.position === "" || !navigator.onLine);
  const update = !lost && state.updateReady.value;
  return (
    <div
      role="status"
      class={lost ? "connection lost" : update ? "connection update" : "connection"}
    >
      {lost && (
        <>
          <Logo turning />
          <span>{offline ? t("offline.bar") : t("connection.lost")}</span>
          <button type="button" class="button small" onClick={() => state.reconnect()}>
            {t("retry")}
          </button>
        </>
      )}
      {update && <NewerVersion />}
    </div>
  );
}
