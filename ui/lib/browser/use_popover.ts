import type { RefObject } from "preact";
import { useEffect, useLayoutEffect } from "preact/hooks";
import { holdPopover } from "./popovers.ts";

const MARGIN_PX = 8;

/**
 * Shows an element in the top layer next to its anchor, where no scroller can cut it off: below
 * or above, wherever there is room, its end edge under the anchor's. `close` is what Escape calls.
 */
export function usePopover(
  open: boolean,
  anchor: RefObject<HTMLElement>,
  panel: RefObject<HTMLElement>,
  options: { above?: boolean; ready?: unknown; close?: () => void } = {},
): void {
  const { close } = options;
  useEffect(() => {
    return open && close ? holdPopover(close) : undefined;
  }, [open]);
  useLayoutEffect(() => {
    const box = panel.current;
    const from = anchor.current?.getBoundingClientRect();
    if (!open || !box || !from) return;
    box.popover = "manual";
    if (!box.matches(":popover-open")) box.showPopover();
    const { offsetWidth: width, offsetHeight: height } = box;
    const roomBelow = innerHeight - from.bottom - MARGIN_PX;
    const above = options.above ? from.top > height + MARGIN_PX : roomBelow < height;
    const top = above ? from.top - height - 4 : from.bottom + 4;
    const left = document.dir === "rtl" ? from.left : from.right - width;
    box.style.top = `${Math.max(MARGIN_PX, Math.min(top, innerHeight - height - MARGIN_PX))}px`;
    box.style.left = `${Math.max(MARGIN_PX, Math.min(left, innerWidth - width - MARGIN_PX))}px`;
  }, [open, options.ready]);
}
