import type { ReadState } from "../../../core/api/channel.ts";
import { refKey } from "../store/place.ts";
import { callApi } from "./browser_api.ts";

/** What was told last of each place, as long as it is under way. */
const underWay = new Map<string, Promise<ReadState>>();

/**
 * Tells the server how far a place is read, `back`: also where that is less than it was. What is
 * told of one place arrives in the order in which it was done: taken back and read again at once,
 * it would else stay unread. Resolves with the answer, or undefined where more was told since.
 */
export async function tellRead(
  place: { readonly room_id: string; readonly channel_id: string; readonly thread_id?: string },
  at: { readonly event_id: string | null; readonly back?: boolean },
): Promise<ReadState | undefined> {
  const { room_id, channel_id, thread_id } = place;
  const key = refKey(place);
  const send = () =>
    callApi("markRead", {
      params: { room_id },
      body: { channel_id, ...(thread_id === undefined ? {} : { thread_id }), ...at },
    });
  const told = underWay.get(key)?.then(send, send) ?? send();
  underWay.set(key, told);
  try {
    const answer = await told;
    return underWay.get(key) === told ? answer : undefined;
  } finally {
    if (underWay.get(key) === told) underWay.delete(key);
  }
}
