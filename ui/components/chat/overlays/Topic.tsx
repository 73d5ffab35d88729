import type { Overlay } from "../../../lib/store/chat.ts";
import { useChat } from "../chat_context.ts";
import { Dialog } from "../Dialog.tsx";
import { Markdown } from "../Markdown.tsx";
import { drawMention } from "../mention.tsx";

/** The whole topic of a channel, which the header cuts off. */
export default function Topic({ overlay }: { overlay: Extract<Overlay, { kind: "topic" }> }) {
  const state = useChat();
  return (
    <Dialog title={`#${overlay.name}`}>
      <Markdown source={overlay.topic} mention={(token) => drawMention(state, token)} />
    </Dialog>
  );
}
