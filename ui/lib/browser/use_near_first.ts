import { useEffect, useMemo, useState } from "preact/hooks";
import { IS_BROWSER } from "fresh/runtime";
import { type Row, rowsInSight } from "../store/rows.ts";
import { takesOver } from "./hydrate_later.ts";

/**
 * Of a timeline that opens at the present, the rows that fill the window in the first frame, and
 * all of them in the next: whoever switches channels waits for what is looked at alone. The
 * scroller is reversed, so that what comes in above moves nothing. `allAtOnce`: it opens
 * elsewhere. `open`: it is looked at. What the server has drawn is taken over as it is.
 */
export function useNearFirst(
  rows: readonly Row[],
  allAtOnce: boolean,
  open: boolean,
): readonly Row[] {
  const [all, setAll] = useState(() => !IS_BROWSER || takesOver());
  const any = rows.length > 0;
  // An effect runs after the frame was painted.
  useEffect(() => {
    if (any && open) setAll(true);
  }, [any, open]);
  const drawn = all || allAtOnce;
  return useMemo(
    () => drawn ? rows : rows.slice(rows.length - rowsInSight(rows, innerHeight)),
    [rows, drawn],
  );
}
