import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

/** On a phone: the way to guilds and channels. */
export function NavButton() {
  const state = useChat();
  return (
    <a
      class="icon-button only-narrow"
      href="#nav"
      aria-label={t("nav.open")}
      onClick={(event) => {
        event.preventDefault();
        state.panel.value = "nav";
      }}
    >
      <Icon name="menu" />
    </a>
  );
}
