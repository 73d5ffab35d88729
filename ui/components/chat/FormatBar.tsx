import type { ComponentChildren, RefObject } from "preact";
import { linkArea, markArea, quoteArea } from "../../lib/browser/format_area.ts";
import { t } from "../../lib/i18n/t.ts";
import { withKey } from "../../lib/keys/with_key.ts";
import { Icon } from "../Icon.tsx";
import { useChat } from "./chat_context.ts";

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
      <Tool label={withKey(state, t("keys.bold"), "bold")} onClick={mark("**")}>
        <b aria-hidden="true">B</b>
      </Tool>
      <Tool label={withKey(state, t("keys.italic"), "italic")} onClick={mark("*")}>
        <i aria-hidden="true">I</i>
      </Tool>
      <Tool label={withKey(state, t("keys.strike"), "strike")} onClick={mark("~~")}>
        <s aria-hidden="true">S</s>
      </Tool>
      <Tool label={t("format.code")} onClick={mark("`")}>
        <code aria-hidden="true">{"</>"}</code>
      </Tool>
      <Tool label={t("format.quote")} onClick={act(quoteArea)}>
        <span class="quote-sign" aria-hidden="true">”</span>
      </Tool>
      <Tool label={t("format.spoiler")} onClick={mark("||")}>
        <Icon name="hidden" />
      </Tool>
      <Tool label={t("format.link")} onClick={act(linkArea)}>
        <Icon name="link" />
      </Tool>
    </div>
  );
}

function Tool(props: { label: string; onClick: () => void; children: ComponentChildren }) {
  return (
    <button
      type="button"
      class="icon-button small"
      title={props.label}
      aria-label={props.label}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}
