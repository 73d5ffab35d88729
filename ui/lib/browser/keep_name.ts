import { changeList, keptCookie, type KeptList } from "../kept.ts";
import type { ChatState } from "../store/chat.ts";

/** Puts a name into one of the kept lists, or takes it out; the next page comes so too. */
export function keepName(
  state: ChatState,
  list: KeptList,
  { name, on }: { readonly name: string; readonly on: boolean },
): void {
  const held = state.kept.value[list];
  if (held.includes(name) === on) return;
  const names = changeList(held, name, on);
  state.kept.value = { ...state.kept.value, [list]: names };
  document.cookie = keptCookie(list, names);
}
