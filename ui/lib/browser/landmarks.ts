/** The parts of the app in reading order, and where the focus goes in each, the best first. */
const AREAS: readonly { readonly selector: string; readonly wanted: readonly string[] }[] = [
  { selector: ".rail", wanted: ["[aria-current]", "a"] },
  { selector: ".side-scroll", wanted: ["[aria-current]", "[data-stop]", "button"] },
  {
    selector: ".main .timeline:not([inert])",
    wanted: ["article[tabindex='0']", "article:last-of-type"],
  },
  { selector: ".main .composer", wanted: ["textarea"] },
  { selector: ".thread-panel", wanted: ["textarea", "article:last-of-type", "a"] },
  { selector: ".members", wanted: ["[data-stop][tabindex='0']", "[data-stop]", "button"] },
];

const inSight = (element: HTMLElement) =>
  element.checkVisibility({ visibilityProperty: true, opacityProperty: false });

/** Moves the focus to the next part of the app, around the ends. */
export function stepArea(step: 1 | -1): void {
  const areas = AREAS.flatMap(({ selector, wanted }) => {
    const area = document.querySelector<HTMLElement>(`.app ${selector}`);
    if (!area || !inSight(area)) return [];
    const target = wanted.flatMap((each) => [...area.querySelectorAll<HTMLElement>(each)])
      .find(inSight);
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
