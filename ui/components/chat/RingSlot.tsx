import { useLazy } from "../../lib/browser/use_lazy.ts";
import { useChat } from "./chat_context.ts";

/**
 * Who calls, wherever one is; also inside a dialog, which lets nothing beside it be pressed. Its
 * script comes with the first call.
 */
export function RingSlot({ inDialog = false }: { inDialog?: boolean }) {
  const rings = useChat().voice.rings.value.length > 0;
  const Panel = useLazy(rings, () => import("./RingPanel.tsx"));
  return Panel && rings ? <Panel inDialog={inDialog} /> : null;
}
