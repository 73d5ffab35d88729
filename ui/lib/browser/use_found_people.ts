import { useEffect, useState } from "preact/hooks";
import type { User } from "../../../core/api/user.ts";
import { parseTypedUserId } from "../../../core/ids/user_id.ts";
import type { ChatState } from "../store/chat.ts";
import { callApi } from "./browser_api.ts";

/** The server is asked once typing rests this long (ms). */
const TYPING_MS = 250;
/** As the server has it. */
const QUERY_MIN = 2;

/**
 * People whom only a server knows: those of this one by the beginning of their name, one of
 * another by a whole id. Without an answer those stand that the page knows.
 */
export function useFoundPeople(state: ChatState, typed: string): readonly User[] {
  const [found, setFound] = useState<readonly User[]>([]);
  const query = typed.trim().replace(/^@/, "");
  useEffect(() => {
    if (query.length < QUERY_MIN) return setFound([]);
    let late = false;
    const timer = setTimeout(() =>
      void ask(query).catch(() => []).then((users) => {
        for (const user of users) state.users.set(user.id, user);
        if (!late) setFound(users);
      }), TYPING_MS);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [query]);
  return found;
}

async function ask(query: string): Promise<readonly User[]> {
  const id = parseTypedUserId(query);
  if (id === undefined) return (await callApi("findPeople", { query: { q: query } })).users;
  return [await callApi("getUser", { params: { user_id: id } })];
}
