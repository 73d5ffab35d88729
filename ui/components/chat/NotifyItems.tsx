import { isMuted } from "../../../core/rules/notify.ts";
import { toggleMute } from "../../lib/browser/notify_settings.ts";
import { t } from "../../lib/i18n/t.ts";
import { settingOf } from "../../lib/store/attention.ts";
import type { NotifyPlace } from "../../lib/store/notify_places.ts";
import { useChat } from "./chat_context.ts";
import { MenuButton } from "./Menu.tsx";

/** What every menu of a guild, a channel or a conversation has about being told of it. */
export function NotifyItems({ place }: { place: NotifyPlace }) {
  const state = useChat();
  const muted = isMuted(settingOf(state, place), state.now.value);
  return (
    <>
      <MenuButton
        icon={muted ? "bell" : "bell_off"}
        onClick={() => void toggleMute(state, place, !muted)}
      >
        {muted ? t("knowing.unmute") : t("knowing.mute")}
      </MenuButton>
      <MenuButton icon="bell" onClick={() => state.overlay.value = { kind: "notify", place }}>
        {t("knowing.menu")}
      </MenuButton>
    </>
  );
}
