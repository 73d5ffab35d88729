/** What was typed into the guarded form that was sent last, for the page that refuses it. */
const KEY = "og_sent_form";

interface Typed {
  readonly path: string;
  readonly act: string;
  /** By name, as the form listed them: a name may stand there more than once. */
  readonly values: readonly (readonly [string, string])[];
}

type TextControl = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
const TEXT_TYPES = ["text", "url", "email", "number", "date", "textarea", "select-one"];

/** Fields of text and lists of a form; never passwords, files and what nobody sees. */
function textControls(form: HTMLFormElement): TextControl[] {
  return [...form.elements].filter((control): control is TextControl =>
    "name" in control && "type" in control && control.name !== "" &&
    TEXT_TYPES.includes(String(control.type))
  );
}

const actOf = (form: HTMLFormElement) => String(new FormData(form).get("act") ?? "");

/** Keeps what a guarded form says, in this tab alone, until the next page of it was drawn. */
export function keepTyped(form: HTMLFormElement): void {
  if (!form.matches("[data-guard]")) return;
  const typed: Typed = {
    path: location.pathname,
    act: actOf(form),
    values: textControls(form).map(({ name, value }) => [name, value]),
  };
  sessionStorage.setItem(KEY, JSON.stringify(typed));
}

/** Where the page refuses the form, fills it in again; what was kept is forgotten either way. */
export function fillAgain(refused: boolean): void {
  const kept = sessionStorage.getItem(KEY);
  sessionStorage.removeItem(KEY);
  if (kept === null || !refused) return;
  const typed = JSON.parse(kept) as Typed;
  if (typed.path !== location.pathname) return;
  const form = [...document.querySelectorAll<HTMLFormElement>("form[data-guard]")]
    .find((each) => actOf(each) === typed.act);
  const values = [...typed.values];
  for (const control of form ? textControls(form) : []) {
    const at = values.findIndex(([name]) => name === control.name);
    const [found] = at < 0 ? [] : values.splice(at, 1);
    if (found === undefined || control.value === found[1]) continue;
    control.value = found[1];
    control.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
