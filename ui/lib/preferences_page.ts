import type { State } from "../utils.ts";
import type { Context } from "./fresh/mod.ts";
import { type Key, t } from "./i18n/t.ts";

/** What a page about one's own preferences shows. */
export async function loadPreferences({ state }: Context<State>, title: Key) {
  state.title = t(title);
  const [self, preferences] = await Promise.all([
    state.api.call("getAccount"),
    state.api.call("getPreferences"),
  ]);
  return { self, preferences };
}
