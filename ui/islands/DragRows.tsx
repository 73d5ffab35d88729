import { useEffect } from "preact/hooks";

/**
 * Lets rows marked `data-drag-id` be dragged to another place in lists of their page; a drop sends
 * the form `#drag-form` with what was moved and before which row. The buttons of the rows do the
 * same without a mouse.
 */
export default function DragRows() {
  useEffect(() => {
    const form = document.querySelector<HTMLFormElement>("#drag-form");
    return form ? watchRows(form) : undefined;
  }, []);
  return null;
}

const rowOf = (event: Event) =>
  event.target instanceof Element
    ? event.target.closest<HTMLElement>("[data-drag-id]") ?? undefined
    : undefined;

function watchRows(form: HTMLFormElement): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  const rows = [...document.querySelectorAll<HTMLElement>("[data-drag-id]")];
  let moved: HTMLElement | undefined;
  for (const row of rows) row.draggable = true;
  const clear = () => {
    for (const row of rows) row.classList.remove("drop-before", "drop-after");
  };
  document.addEventListener("dragstart", (event) => {
    moved = rowOf(event);
    if (!moved) return;
    event.dataTransfer?.setData("text/plain", moved.dataset["dragId"] ?? "");
    moved.classList.add("dragged");
  }, { signal });
  document.addEventListener("dragover", (event) => {
    const row = rowOf(event);
    if (!moved || !row) return;
    event.preventDefault();
    clear();
    if (row !== moved) row.classList.add(isBelow(event, row) ? "drop-after" : "drop-before");
  }, { signal });
  document.addEventListener("drop", (event) => {
    const row = rowOf(event);
    if (!moved || !row) return;
    event.preventDefault();
    const before = isBelow(event, row) ? rows[rows.indexOf(row) + 1] : row;
    if (row !== moved && before !== moved) send(form, moved, before);
  }, { signal });
  document.addEventListener("dragend", () => {
    clear();
    moved?.classList.remove("dragged");
    moved = undefined;
  }, { signal });
  return () => controller.abort();
}

/** Whether the pointer is over the lower half of a row. */
function isBelow(event: DragEvent, row: HTMLElement): boolean {
  const { top, height } = row.getBoundingClientRect();
  return event.clientY > top + height / 2;
}

function send(form: HTMLFormElement, moved: HTMLElement, before: HTMLElement | undefined): void {
  const fill = (name: string, value: string) => {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement) field.value = value;
  };
  fill("moved", moved.dataset["dragId"] ?? "");
  fill("before", before?.dataset["dragId"] ?? "");
  form.requestSubmit();
}
