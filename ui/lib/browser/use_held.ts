import { useRef } from "preact/hooks";

/** What `read` gives; while `live` is false what it gave last, and no signal in it is followed. */
export function useHeld<Value extends object>(live: boolean, read: () => Value): Value {
  const held = useRef<Value | null>(null);
  if (live || held.current === null) held.current = read();
  return held.current;
}
