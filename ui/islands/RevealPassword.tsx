import { useEffect, useState } from "preact/hooks";
import { Icon } from "../components/Icon.tsx";
import { t } from "../lib/i18n/t.ts";

/** Shows what is typed in the password field `of`, until it is sent; without scripts it is not there. */
export default function RevealPassword({ of }: { of: string }) {
  const [live, setLive] = useState(false);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    setLive(true);
    // Sent as a password: browsers keep what was typed in fields of text.
    const form = document.getElementById(of)?.closest("form");
    const hide = () => show(of, false, setShown);
    form?.addEventListener("submit", hide);
    return () => form?.removeEventListener("submit", hide);
  }, [of]);
  if (!live) return null;
  return (
    <button
      type="button"
      class="icon-button small reveal"
      title={t("field.reveal")}
      aria-label={t("field.reveal")}
      aria-pressed={shown ? "true" : "false"}
      aria-controls={of}
      onClick={() => show(of, !shown, setShown)}
    >
      <Icon name={shown ? "hidden" : "eye"} small />
    </button>
  );
}

function show(of: string, on: boolean, setShown: (on: boolean) => void): void {
  const field = document.getElementById(of);
  if (field instanceof HTMLInputElement) field.type = on ? "text" : "password";
  setShown(on);
}
