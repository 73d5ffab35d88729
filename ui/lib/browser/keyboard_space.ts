/**
 * Keeps the composer above the keyboard where the browser lays the keyboard over the page
 * (Safari on phones): the app takes the height that is left. Returns what ends it.
 */
export function keepAboveKeyboard(): () => void {
  const viewport = globalThis.visualViewport;
  if (!viewport || !matchMedia("(pointer: coarse)").matches) return () => undefined;
  const fit = () => {
    // Zoomed in with two fingers the page should keep its size.
    if (viewport.scale > 1.01) return;
    document.documentElement.style.setProperty("--app-height", `${viewport.height}px`);
    scrollTo(0, 0);
  };
  viewport.addEventListener("resize", fit);
  return () => viewport.removeEventListener("resize", fit);
}
