/** The parts of the app in reading order, and where the focus goes in each. */
const AREAS: readonly { readonly selector: string; readonly first: string }[] = [
  { selector: ".rail", first: "[aria-current], a" },
  { selector: ".side-scroll", first: "[aria-current], a, button, summary" },
  { selector: ".timeline", first: "article[tabindex='0'], article:last-of-type" },
  { selector: ".composer", first: "textarea" },
  { selector: ".members", first: "[tabindex='0'], .side-row, button" },
];

const inSight = (element: HTMLElement) =>
  element.checkVisibility({ visibilityProperty: true, opacityProperty: false });

/** Moves the focus to the next part of the app, around the ends. */
export function stepArea(step: 1 | -1): void {
  const areas = AREAS.flatMap(({ selector, first }) => {
    const area = document.querySelector<HTMLElement>(`.app ${selector}`);
    if (!area || !inSight(area)) return [];
    const target = [...area.querySelectorAll<HTMLElement>(first)].find(inSight);
    return target ? [{ area, target }] : [];
  });
  if (areas.length === 0) return;
  const at = areas.findIndex(({ area }) => area.contains(document.activeElement));
  const next = at < 0
    ? areas.at(step > 0 ? 0 : -1)
    : areas[(at + step + areas.length) % areas.length];
  next?.target.focus();
  next?.target.scrollIntoView({ block: "nearest" });
}
