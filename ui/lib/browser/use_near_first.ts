import { useEffect, useMemo, useState } from "preact/hooks";
import { IS_BROWSER } from "fresh/runtime";
import { type Row, rowsInSight, type ScrollAnchor } from "../store/rows.ts";
import { afterFrame } from "./after_frame.ts";
import { takesOver } from "./hydrate_later.ts";

let textPx: number | undefined;

/** How large text is: asked once, since a browser computes styles for an answer. */
function readTextPx(): number {
  textPx ??= parseFloat(getComputedStyle(document.documentElement).fontSize);
  return textPx;
}

interface Opening {
  /** Where it opens; null: in a way that needs all rows. */
  readonly anchor: ScrollAnchor | null;
  /** How tall it is, as far as that is known. */
  readonly height: number | undefined;
  /** It is looked at. */
  readonly open: boolean;
}

/**
 * Of a timeline that opens, the rows that fill the window at first, and all of them two
 * frames later (`whole`): whoever switches channels waits for what is looked at alone. What the server
 * has drawn is taken over as it is.
 */
export function useNearFirst(
  rows: readonly Row[],
  { anchor, height, open }: Opening,
): { readonly rows: readonly Row[]; readonly whole: boolean } {
  const [all, setAll] = useState(() => !IS_BROWSER || takesOver());
  const any = rows.length > 0;
  // An effect runs after the frame was painted; in the next one what follows from it is drawn.
  useEffect(() => {
    if (any && open) afterFrame(() => setAll(true));
  }, [any, open]);
  const whole = all || anchor === null;
  return useMemo(() => {
    if (whole) return { rows, whole };
    const [from, to] = rowsInSight(rows, anchor, {
      height: height ?? innerHeight,
      textPx: readTextPx(),
      density: document.documentElement.dataset["density"] === "compact" ? "compact" : "cosy",
    });
    return { rows: rows.slice(from, to), whole };
  }, [rows, whole]);
}
