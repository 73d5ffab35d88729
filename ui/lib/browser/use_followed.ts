import { computed } from "@preact/signals";
import { useMemo } from "preact/hooks";

/**
 * What `read` makes of signals: its component is drawn anew only when something in that is
 * another, where one that reads them itself is drawn with each change of any. `of`: what else
 * `read` looks at.
 */
export function useFollowed<Value extends object>(
  read: () => Value,
  of: readonly unknown[] = [],
): Value {
  return useMemo(() => {
    let held: Value | undefined;
    return computed(() => {
      const next = read();
      return held = held && holdSame(held, next) ? held : next;
    });
  }, of).value;
}

function holdSame<Value extends object>(one: Value, other: Value): boolean {
  const names = Object.keys(one) as (keyof Value)[];
  return names.length === Object.keys(other).length &&
    names.every((name) => Object.is(one[name], other[name]));
}
