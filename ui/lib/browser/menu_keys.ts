/** Arrows, Home and End in a menu; Tab closes it and goes on. */
export function moveInMenu(
  event: KeyboardEvent,
  box: HTMLElement | null,
  close: () => void,
): void {
  const items = [...box?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? []]
    .filter((item) => item.checkVisibility());
  const at = items.indexOf(document.activeElement as HTMLElement);
  const go = (index: number) => items[(index + items.length) % items.length]?.focus();
  if (event.key === "ArrowDown") go(at + 1);
  else if (event.key === "ArrowUp") go(at - 1);
  else if (event.key === "Home") go(0);
  else if (event.key === "End") go(-1);
  else if (event.key === "Tab") return close();
  else return;
  event.preventDefault();
}
