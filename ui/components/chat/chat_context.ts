import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { ChatState } from "../../lib/store/chat.ts";
import { type Venue, venueOf } from "../../lib/store/links.ts";

export const ChatContext = createContext<ChatState | undefined>(undefined);

/** The state of the app around a component. */
export function useChat(): ChatState {
  const state = useContext(ChatContext);
  if (!state) throw new Error("useChat stands outside of ChatApp");
  return state;
}

/** A timeline's own: it stays while another place is open, and rows follow no other. */
export const VenueContext = createContext<Venue | undefined>(undefined);

/** Where the messages around a component stand; outside of timelines the open place. */
export function useVenue(): Venue {
  const state = useChat();
  return useContext(VenueContext) ?? venueOf(state.known, state.place.value);
}
