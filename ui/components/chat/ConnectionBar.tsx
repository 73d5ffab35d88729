import { t } from "../../lib/i18n/t.ts";
import { Logo } from "../Logo.tsx";
import { useChat } from "./chat_context.ts";

/** Says when the live connection is lost; silent while all is well. */
export function ConnectionBar() {
  const state = useChat();
  const lost = state.connection.value === "reconnecting";
  return (
    <div role="status" class={lost ? "connection lost" : "connection"}>
      {lost && (
        <>
          <Logo turning />
          <span>{t("connection.lost")}</span>
        </>
      )}
    </div>
  );
}
