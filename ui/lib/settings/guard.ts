type Control = Element & { readonly name?: string };

/** Whether a control stands otherwise than the page came. */
function differs(control: Control): boolean {
  if (control instanceof HTMLInputElement) {
    if (control.type === "checkbox" || control.type === "radio") {
      return control.checked !== control.defaultChecked;
    }
    if (control.type === "file") return (control.files?.length ?? 0) > 0;
    return control.type !== "hidden" && control.value !== control.defaultValue;
  }
  if (control instanceof HTMLTextAreaElement) return control.value !== control.defaultValue;
  if (control instanceof HTMLSelectElement) {
    return [...control.options].some((option) => option.selected !== option.defaultSelected) &&
      // A list without a chosen option of its own shows the first.
      !(control.selectedIndex === 0 &&
        [...control.options].every((option) => !option.defaultSelected));
  }
  return false;
}

/** The first guarded form that was changed and not saved. */
export function changedForm(): HTMLFormElement | undefined {
  return [...document.querySelectorAll<HTMLFormElement>("form[data-guard]")].find((form) =>
    form.dataset["changed"] === "true" || [...form.elements].some(differs)
  );
}
