import { useState } from "preact/hooks";
import { t } from "../../lib/i18n/t.ts";
import { Icon } from "../Icon.tsx";

/** Puts a text on the clipboard and says so. */
export function CopyButton({ text, label }: { text: string; label?: string }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setDone(true);
  };
  return (
    <button
      type="button"
      class={label ? "button" : "icon-button small"}
      aria-label={label ? undefined : t("copy")}
      title={label ? undefined : t("copy")}
      onClick={copy}
      onBlur={() => setDone(false)}
    >
      <Icon name={done ? "check" : "copy"} small />
      {label && <span>{done ? t("copied") : label}</span>}
      {!label && done && <span class="sr" role="status">{t("copied")}</span>}
    </button>
  );
}
