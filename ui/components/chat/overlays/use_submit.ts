import { useState } from "preact/hooks";
import { reasonOf } from "../../../lib/browser/browser_api.ts";

/** One act of a dialog at a time: whether it runs, and why it was refused. */
export function useSubmit() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | undefined>(undefined);
  const run = async (act: () => Promise<unknown>) => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    try {
      await act();
    } catch (thrown) {
      setError(reasonOf(thrown));
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, run };
}
