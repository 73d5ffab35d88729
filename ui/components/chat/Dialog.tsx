import type { ComponentChildren } from "preact";
import { Modal } from "../Modal.tsx";
import { RingSlot } from "./RingSlot.tsx";
import { useChat } from "./chat_context.ts";

/** The dialog of the chat's overlay: Escape and a press on the veil close it. */
export function Dialog(props: {
  title: string;
  plain?: boolean;
  wide?: boolean;
  tall?: boolean;
  children: ComponentChildren;
}) {
  const state = useChat();
  return (
    <Modal {...props} light onClose={() => state.overlay.value = null}>
      <RingSlot inDialog />
      {props.children}
    </Modal>
  );
}
