import { useEffect, useState } from "preact/hooks";
import { Notice } from "../components/Notice.tsx";
import { t } from "../lib/i18n/t.ts";

/** Smaller than this nobody finds it. */
const FOUND_PX = 20;

/**
 * Shows each choice of the form of looks on this page before it is saved. A sheet that hides the
 * form it is written in is left out here, saved or not, and that is said: this page is the way back.
 */
export default function LookPreview() {
  const [hides, setHides] = useState(false);
  useEffect(() => previewLooks(setHides), []);
  return hides ? <Notice kind="error">{t("appearance.ownHides")}</Notice> : null;
}

function previewLooks(onHides: (hides: boolean) => void): (() => void) | undefined {
  const form = document.querySelector<HTMLFormElement>(".look-form");
  const use = form?.querySelector<HTMLInputElement>("input[name=own]");
  if (!form || !use) return;
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  // The saved sheet would stay below what is typed.
  const saved = document.querySelector<HTMLLinkElement>('link[href="/own.css"]');
  const dress = () => {
    const chosen = new FormData(form);
    if (saved) saved.disabled = true;
    const css = text(chosen, "own") === "" ? "" : text(chosen, "css");
    sheet.replaceSync(`@layer overrides {\n${css}\n}`);
    const hides = !isInReach(form);
    if (hides) sheet.replaceSync("");
    onHides(hides);
  };
  let decided = use.checked;
  const show = ({ target }: Event) => {
    const chosen = new FormData(form);
    const { dataset } = document.documentElement;
    for (const name of ["theme", "density", "size"]) dataset[name] = text(chosen, name);
    dataset["motion"] = text(chosen, "motion") === "" ? "auto" : "less";
    decided ||= target === use;
    // Whoever writes a sheet wants to see it; who has said otherwise is not asked again.
    if (!decided && target instanceof HTMLTextAreaElement) decided = use.checked = true;
    dress();
  };
  if (saved && !isInReach(form)) dress();
  form.addEventListener("input", show);
  return () => form.removeEventListener("input", show);
}

/** Whether what a sheet is changed and taken back with can be seen. */
function isInReach(form: HTMLFormElement): boolean {
  return [...form.querySelectorAll("textarea, [type=submit]")].every((control) => {
    const { width, height, right, bottom } = control.getBoundingClientRect();
    return control.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
      width >= FOUND_PX && height >= FOUND_PX && right + scrollX > 0 && bottom + scrollY > 0;
  });
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}
