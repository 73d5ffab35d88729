import { fetched } from "./part.ts";

/** Sharing of history: what was given to this device, and what it gives. */
export async function history() {
  const [taking, giving] = await fetched(() =>
    Promise.all([import("./take_history.ts"), import("./give_history.ts")])
  );
  return { ...taking, ...giving };
}
