import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../lib/i18n/t.ts";

const CHARS = 1800;
const LINES = 28;

/** Whether a message is long enough to push everything else out of sight. */
export function isLong(body: string): boolean {
  return body.length > CHARS || body.split("\n", LINES + 1).length > LINES;
}

/** The beginning of something long, and the way to the rest. */
export function Folded({ children }: { children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      {/* Who walks in by keyboard must see where the focus is. */}
      <div class={open ? "folded open" : "folded"} onFocusIn={() => setOpen(true)}>
        {children}
      </div>
      <button
        type="button"
        class="button small fold-toggle"
        aria-expanded={open ? "true" : "false"}
        onClick={() => setOpen(!open)}
      >
        {open ? t("message.fold") : t("message.unfold")}
      </button>
    </>
  );
}
