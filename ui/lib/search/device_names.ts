import type { UnknownName } from "../../../core/api/search.ts";
import { parseTypedUserId } from "../../../core/ids/user_id.ts";
import { NEAR_NAMES_MAX, nearNames } from "../../../core/search/near_names.ts";
import type { SearchQuery } from "../../../core/search/query.ts";
import { callApi } from "../browser/browser_api.ts";
import { othersIn } from "../format/dm_name.ts";
import { foreignServer, handleOf, localPart, memberName, nameOf } from "../format/names.ts";
import type { ChatState } from "../store/chat.ts";
import { dmOf } from "../store/place.ts";
import type { Subject } from "./subject.ts";

/** Somebody as a filter may call them. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Whether a filter means somebody, by the rules of the server. */
export function isCalled(raw: string, { id, name }: Named, selfId: string): boolean {
  const wanted = raw.toLowerCase();
  if (wanted === "me") return id === selfId;
  if (raw === id) return true;
  const bare = wanted.replace(/^@/, "");
  if (bare.includes("@")) return bare === id.slice(1).replace(":", "@");
  return localPart(id) === bare || name.toLowerCase().startsWith(bare);
}

/**
 * Names in the filters of a question that no server is asked, as in a wholly encrypted place, that
 * fit nobody there. A member whom the page does not hold is asked for by name, as for completion.
 */
export async function unknownToDevice(
  state: ChatState,
  subject: Subject,
  query: SearchQuery,
): Promise<UnknownName[]> {
  const people = peopleOf(state, subject);
  const asked = [
    ...query.from.map((name) => ({ filter: "from" as const, name })),
    ...query.mentions.filter((name) => name.toLowerCase() !== "everyone")
      .map((name) => ({ filter: "mentions" as const, name })),
  ];
  const found = await Promise.all(asked.map(async ({ filter, name }) => {
    if (await isSomebody(state, subject, people, name)) return [];
    const wanted = name.replace(/^@/, "").toLowerCase();
    const typed = people.map(({ id }) =>
      foreignServer(id, state.server.name) === undefined ? localPart(id) : handleOf(id)
    );
    return [{ filter, name, near: nearNames(wanted, typed, NEAR_NAMES_MAX) }];
  }));
  return found.flat();
}

async function isSomebody(
  state: ChatState,
  { guild }: Subject,
  people: readonly Named[],
  name: string,
): Promise<boolean> {
  const selfId = state.self.value.user.id;
  // A whole id means who has it, here or not: so it does for the server.
  if (parseTypedUserId(name) !== undefined) return true;
  if (people.some((each) => isCalled(name, each, selfId))) return true;
  const held = guild && state.members.value.get(guild.id);
  if (!guild || held && held.next === null) return false;
  const { members } = await callApi("listMembers", {
    params: { guild_id: guild.id },
    query: { search: name.replace(/^@/, ""), limit: 1 },
  });
  return members.length > 0;
}

/** Who is known to be there. */
function peopleOf(state: ChatState, { guild }: Subject): Named[] {
  const self = state.self.value.user;
  if (guild) {
    return (state.members.value.get(guild.id)?.members ?? [])
      .map((member) => ({ id: member.user.id, name: memberName(member) }));
  }
  const dm = dmOf(state.known, state.place.value);
  return [self, ...dm ? othersIn(dm, self.id) : []]
    .map((user) => ({ id: user.id, name: nameOf(user) }));
}
