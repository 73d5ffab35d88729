import { useEffect, useRef, useState } from "preact/hooks";
import { usePopover } from "../../lib/browser/use_popover.ts";
import { useLazy } from "../../lib/browser/use_lazy.ts";
import { Icon } from "../Icon.tsx";

/** A button that opens the grid of emoji; grid and data load when it is first opened. */
export function EmojiButton(props: {
  label: string;
  onPick: (emoji: string) => void;
  onOpen?: (open: boolean) => void;
  large?: boolean;
}) {
  const [open, setOpen] = useState(false);
  const EmojiPicker = useLazy(open, () => import("./EmojiPicker.tsx"));
  const box = useRef<HTMLDivElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const show = (next: boolean) => {
    setOpen(next);
    props.onOpen?.(next);
  };
  const close = () => {
    show(false);
    box.current?.querySelector("button")?.focus();
  };
  usePopover(open, box, panel, { above: props.large ?? false, ready: EmojiPicker, close });
  useEffect(() => {
    if (!open) return;
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) show(false);
    };
    addEventListener("pointerdown", away);
    return () => removeEventListener("pointerdown", away);
  }, [open]);
  return (
    <div class="emoji-anchor" ref={box}>
      <button
        type="button"
        class={props.large ? "icon-button" : "icon-button small"}
        title={props.label}
        aria-label={props.label}
        aria-expanded={open ? "true" : "false"}
        onClick={() => show(!open)}
      >
        <Icon name="smile" />
      </button>
      {open && (
        <div ref={panel} class="emoji-panel">
          {EmojiPicker && (
            <EmojiPicker
              onPick={(emoji) => {
                show(false);
                props.onPick(emoji);
              }}
            />
          )}
        </div>
      )}
    </div>
  );
}
