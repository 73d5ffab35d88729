import { useLazy } from "../../lib/browser/use_lazy.ts";
import { useChat } from "./chat_context.ts";

/** The search beside the timeline; its script comes when it is first opened. */
export function SearchSlot() {
  const wanted = useChat().finding.value !== null;
  const Panel = useLazy(wanted, () => import("./search/SearchPanel.tsx"));
  return wanted && Panel ? <Panel /> : null;
}
