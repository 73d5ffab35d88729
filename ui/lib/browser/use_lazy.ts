import { useEffect, useState } from "preact/hooks";
import { withTexts } from "../i18n/later.ts";

/** A part of the page whose script is fetched when it is first needed. */
export function useLazy<Part>(wanted: boolean, load: () => Promise<{ default: Part }>) {
  const [part, setPart] = useState<{ value: Part } | undefined>(undefined);
  useEffect(() => {
    if (wanted && !part) {
      void withTexts(load()).then((module) => setPart({ value: module.default }));
    }
  }, [wanted]);
  return part?.value;
}
