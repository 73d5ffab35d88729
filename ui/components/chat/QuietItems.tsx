import { beQuiet } from "../../lib/browser/quiet.ts";
import { formatSoon } from "../../lib/format/time.ts";
import { t } from "../../lib/i18n/t.ts";
import { useChat } from "./chat_context.ts";
import { MenuButton } from "./Menu.tsx";

const HOUR_MS = 3_600_000;

/** In the menu of the account: until when nothing is told and the end of it, or ways to begin. */
export default function QuietItems() {
  const state = useChat();
  const end = state.quietEnd.value;
  if (end !== null) {
    const when = formatSoon(end, state.now.value, state.timeZone.value);
    return (
      <>
        <hr />
        <MenuButton icon="bell" onClick={() => void beQuiet(state, { kind: "end" })}>
          <span class="block strong">{t("quiet.until", { when })}</span>{" "}
          <span class="block tiny">{t("quiet.end")}</span>
        </MenuButton>
      </>
    );
  }
  return (
    <>
      <hr />
      <MenuButton
        icon="bell_off"
        onClick={() => void beQuiet(state, { kind: "for", ms: HOUR_MS })}
      >
        {t("quiet.for1h")}
      </MenuButton>
      <MenuButton icon="moon" onClick={() => void beQuiet(state, { kind: "tomorrow" })}>
        {t("quiet.tomorrow")}
      </MenuButton>
    </>
  );
}
