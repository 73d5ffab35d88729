import { useLazy } from "../../lib/browser/use_lazy.ts";
import { useChat } from "./chat_context.ts";

/**
 * The call that this tab is in, wherever one reads: below the channels, or where those are put
 * away, above what is read. Its script comes with the first call.
 */
export function CallSlot() {
  const inCall = useChat().voice.call.value !== undefined;
  const Panel = useLazy(inCall, () => import("../voice/CallPanel.tsx"));
  return Panel && inCall ? <Panel /> : null;
}
