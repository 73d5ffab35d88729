import { effect } from "@preact/signals";
import { othersIn } from "../format/dm_name.ts";
import type { ChatState } from "../store/chat.ts";

/** As many as one `subscribe` names. */
const NEAR_MAX = 200;

/** Friends and the people of conversations, the newest of these first. */
export function nearPeople(state: ChatState): readonly string[] {
  const selfId = state.self.value.user.id;
  const ids = new Set<string>();
  for (const { user, bond } of state.relationships.value.values()) {
    if (bond === "friend") ids.add(user.id);
  }
  for (const dm of state.dms.value) for (const { id } of othersIn(dm, selfId)) ids.add(id);
  return [...ids].slice(0, NEAR_MAX);
}

/**
 * Asks to be told when they come and go: those of guilds are watched while their list is looked
 * at. Who came to be near, or joined a conversation, is asked about anew.
 */
export function watchNear(state: ChatState): () => void {
  let asked = "";
  return effect(() => {
    const ids = nearPeople(state);
    const joined = state.dms.value.map((dm) =>
      dm.kind === "group" ? dm.people.filter((person) => person.state !== "invited").length : 2
    );
    const key = `${ids} ${joined}`;
    if (state.connection.value !== "online") asked = "";
    else if (key !== asked) {
      asked = key;
      state.transmit({ op: "subscribe", d: { guild_id: null, user_ids: [...ids] } });
    }
  });
}
