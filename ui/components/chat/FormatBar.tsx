import type { RefObject } from "preact";
import { linkArea, markArea, quoteArea } from "../../lib/browser/format_area.ts";
import { t } from "../../lib/i18n/t.ts";
import { withKey } from "../../lib/keys/with_key.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";
import { ToolButton } from "./ToolButton.tsx";

/** Over the box while words in it are selected: what can be done to them. */
export default function FormatBar({ area }: { area: RefObject<HTMLTextAreaElement> }) {
  const state = useChat();
  const act = (how: (box: HTMLTextAreaElement) => void) => () => {
    area.current?.focus();
    if (area.current) how(area.current);
  };
  const mark = (sign: string) => act((box) => markArea(box, sign));
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    area.current?.focus();
  };
  return (
    <div
      class="format-bar"
      role="toolbar"
      aria-label={t("format.label")}
      // The words stay selected, and the keys of a phone stay up.
      onPointerDown={(event) => event.preventDefault()}
      onKeyDown={onKey}
    >
      <ToolButton label={withKey(state, t("keys.bold"), "bold")} onClick={mark("**")}>
        <b aria-hidden="true">B</b>
      </ToolButton>
      <ToolButton label={withKey(state, t("keys.italic"), "italic")} onClick={mark("*")}>
        <i aria-hidden="true">I</i>
      </ToolButton>
      <ToolButton label={withKey(state, t("keys.strike"), "strike")} onClick={mark("~~")}>
        <s aria-hidden="true">S</s>
      </ToolButton>
      <ToolButton label={t("format.code")} onClick={mark("`")}>
        <code aria-hidden="true">{"</>"}</code>
      </ToolButton>
      <ToolButton label={t("format.quote")} onClick={act(quoteArea)}>
        <span class="quote-sign" aria-hidden="true">”</span>
      </ToolButton>
      <ToolButton label={t("format.spoiler")} onClick={mark("||")}>
        <Icon name="hidden" />
      </ToolButton>
      <ToolButton label={t("format.link")} onClick={act(linkArea)}>
        <Icon name="link" />
      </ToolButton>
    </div>
  );
}
