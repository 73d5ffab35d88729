import type { Relationship } from "../../../core/api/relationships.ts";
import type { ChatState } from "../store/chat.ts";

/** One with nothing in it is taken away. */
export function setRelationship(state: ChatState, relationship: Relationship): void {
  const next = new Map(state.relationships.value);
  const { user, bond, blocked } = relationship;
  if (bond === null && !blocked) next.delete(user.id);
  else next.set(user.id, relationship);
  state.relationships.value = next;
}
