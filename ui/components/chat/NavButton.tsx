import { t } from "../../lib/i18n/t.ts";
import { waitingAnywhere } from "../../lib/store/attention.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import { cap } from "./Rail.tsx";

/** On a phone: the way to guilds and channels. */
export function NavButton() {
  const state = useChat();
  const waiting = waitingAnywhere(state);
  return (
    <a
      class="icon-button only-narrow badged"
      href="#nav"
      aria-label={waiting > 0 ? t("nav.openWaiting", { n: waiting }) : t("nav.open")}
      onClick={(event) => {
        event.preventDefault();
        state.panel.value = "nav";
      }}
    >
      <Icon name="menu" />
      {waiting > 0 && <span class="badge" aria-hidden="true">{cap(waiting)}</span>}
    </a>
  );
}
