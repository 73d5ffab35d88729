import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { ChatState } from "../../lib/store/chat.ts";

export const ChatContext = createContext<ChatState | undefined>(undefined);

/** The state of the app around a component. */
export function useChat(): ChatState {
  const state = useContext(ChatContext);
  if (!state) throw new Error("useChat stands outside of ChatApp");
  return state;
}
