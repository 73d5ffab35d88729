import type { ComponentChildren } from "preact";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

/** The head of the column of people: what it is, how many, and on a phone the way back. */
export function MembersHead(
  { title, count, children }: { title: string; count: number; children?: ComponentChildren },
) {
  const state = useChat();
  return (
    <header class="side-head">
      <h2 class="grow">{title}</h2>
      <span class="tiny faint">{count}</span>
      {children}
      <button
        type="button"
        class="icon-button only-narrow"
        aria-label={t("close")}
        onClick={() => state.panel.value = "main"}
      >
        <Icon name="close" />
      </button>
    </header>
  );
}
