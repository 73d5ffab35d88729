import { Fragment } from "preact";
import { showCombo } from "../lib/keys/combo.ts";

/** A combination of keys as it is printed on them. */
export function KeyCaps({ combo, mac }: { combo: string; mac: boolean }) {
  return (
    <span class="row-tight nowrap">
      {showCombo(combo, mac).map((key) => (
        <Fragment key={key}>
          <kbd>{key}</kbd>
          {" "}
        </Fragment>
      ))}
    </span>
  );
}
