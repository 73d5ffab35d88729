import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { moveInMenu } from "../../lib/browser/menu_keys.ts";
import { usePopover } from "../../lib/browser/use_popover.ts";
import { Icon, type IconName } from "../Icon.tsx";

/**
 * A button with a list of acts under it. Arrow keys move, Escape closes and gives the focus
 * back; a press elsewhere closes.
 */
export function Menu(props: {
  label: string;
  icon: IconName;
  small?: boolean;
  up?: boolean;
  children: ComponentChildren;
}) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const closeBack = () => {
    setOpen(false);
    box.current?.querySelector("button")?.focus();
  };
  usePopover(open, box, list, { above: props.up ?? false, close: closeBack });
  useEffect(() => {
    if (!open) return;
    const items = () => [...box.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? []];
    items().find((item) => item.checkVisibility())?.focus();
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", away);
    return () => removeEventListener("pointerdown", away);
  }, [open]);
  // A form that is gone from the page would not be sent.
  const closeUnlessForm = (event: MouseEvent) => {
    if ((event.target as Element).closest("form")) return;
    // What was done may have given the focus to something already, as an answer does to the box.
    const { activeElement: at } = document;
    if (at === document.body || box.current?.contains(at)) closeBack();
    else setOpen(false);
  };
  const onKey = (event: KeyboardEvent) => {
    if (open) moveInMenu(event, box.current, () => setOpen(false));
  };
  return (
    <div class="menu" ref={box} onKeyDown={onKey}>
      <button
        type="button"
        class={props.small ? "icon-button small" : "icon-button"}
        aria-haspopup="menu"
        aria-expanded={open ? "true" : "false"}
        aria-label={props.label}
        title={props.label}
        onClick={() => setOpen(!open)}
      >
        <Icon name={props.icon} />
      </button>
      {open && (
        <div
          ref={list}
          class="menu-list"
          role="menu"
          aria-label={props.label}
          onClick={closeUnlessForm}
        >
          {props.children}
        </div>
      )}
    </div>
  );
}

export function MenuButton(props: {
  /** A drawing of ours, or what stands in its place. */
  icon: IconName | VNode;
  danger?: boolean;
  onClick: () => void;
  children: ComponentChildren;
}) {
  return (
    <button
      type="button"
      role="menuitem"
      tabIndex={-1}
      class={props.danger ? "menu-item danger" : "menu-item"}
      onClick={props.onClick}
    >
      {typeof props.icon === "string" ? <Icon name={props.icon} /> : props.icon}
      <span>{props.children}</span>
    </button>
  );
}

export function MenuLink(props: { icon: IconName; href: string; children: ComponentChildren }) {
  return (
    <a role="menuitem" tabIndex={-1} class="menu-item" href={props.href}>
      <Icon name={props.icon} />
      <span>{props.children}</span>
    </a>
  );
}
