import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** The form that fields stand in, where it was refused as it was sent; null: they stand as saved. */
export const RefusedForm = createContext<FormData | null>(null);

/** How a form came back that was sent: of a page's note, as far as islands may read it. */
export interface SentForm {
  readonly refused: FormData | null;
  /** Not null: it waits for who its sender is, above it on the page. */
  readonly confirm: object | null;
}

/** What was written into a field of a form that was refused; undefined: nothing was sent. */
export function useTyped(name: string): string | undefined {
  const value = useContext(RefusedForm)?.get(name);
  return typeof value === "string" ? value : undefined;
}

/** Whether a box of a form that was refused was checked; undefined: none was sent. */
export function useChecked(name: string, value: string): boolean | undefined {
  return useContext(RefusedForm)?.getAll(name).includes(value);
}
