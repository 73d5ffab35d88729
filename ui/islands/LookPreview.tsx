import { useEffect } from "preact/hooks";

/** Shows each choice of the form of looks on this page before it is saved. Draws nothing. */
export default function LookPreview() {
  useEffect(() => {
    const form = document.querySelector<HTMLFormElement>(".look-form");
    if (!form) return;
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    // The saved sheet would stay below what is typed.
    const saved = document.querySelector<HTMLLinkElement>('link[href="/own.css"]');
    const show = () => {
      const chosen = new FormData(form);
      const { dataset } = document.documentElement;
      for (const name of ["theme", "density", "size"]) dataset[name] = text(chosen, name);
      dataset["motion"] = text(chosen, "motion") === "" ? "auto" : "less";
      if (saved) saved.disabled = true;
      const css = text(chosen, "own") === "" ? "" : text(chosen, "css");
      sheet.replaceSync(`@layer overrides {\n${css}\n}`);
    };
    form.addEventListener("input", show);
    return () => form.removeEventListener("input", show);
  }, []);
  return null;
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value : "";
}
