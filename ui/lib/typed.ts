import { createContext } from "preact";
import { useContext } from "preact/hooks";

/** The form that fields stand in, where it was refused as it was sent; null: they stand as saved. */
export const RefusedForm = createContext<FormData | null>(null);

/** What was written into a field of a form that was refused; undefined: nothing was sent. */
export function useTyped(name: string): string | undefined {
  const value = useContext(RefusedForm)?.get(name);
  return typeof value === "string" ? value : undefined;
}

/** Whether a box of a form that was refused was checked; undefined: none was sent. */
export function useChecked(name: string, value: string): boolean | undefined {
  return useContext(RefusedForm)?.getAll(name).includes(value);
}
