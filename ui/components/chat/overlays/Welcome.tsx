import { t } from "../../../lib/i18n/t.ts";
import type { Overlay } from "../../../lib/store/chat.ts";
import { WelcomeCard } from "../../WelcomeCard.tsx";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";

/** What a guild says to who has just come. */
export default function Welcome(
  { overlay }: { overlay: Extract<Overlay, { kind: "welcome" }> },
) {
  const state = useChat();
  const guild = state.guilds.value.find((entry) => entry.id === overlay.guildId);
  const close = () => state.overlay.value = null;
  if (!guild?.welcome) return null;
  return (
    <Dialog title={t("welcome.to", { name: guild.name })} plain>
      <div class="welcome-dialog stack">
        <WelcomeCard guild={guild} welcome={guild.welcome} level={2} onGo={close} />
        <button type="button" class="button primary wide" onClick={close}>{t("welcome.go")}</button>
      </div>
    </Dialog>
  );
}
