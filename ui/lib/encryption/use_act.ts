import { useState } from "preact/hooks";
import { engineFault } from "./fault_text.ts";

/** One act at a time: whether it runs, and in words why it did not work. */
export function useAct() {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string | undefined>(undefined);
  const run = async (act: () => Promise<unknown>) => {
    if (busy) return;
    setBusy(true);
    setFault(undefined);
    try {
      await act();
    } catch (error) {
      setFault(engineFault(error));
    } finally {
      setBusy(false);
    }
  };
  return { busy, fault, setFault, run };
}
