import type { Thread } from "../../../core/api/thread.ts";
import type { ChatState } from "../store/chat.ts";
import { takeOwnThread, takeThread } from "../store/threads.ts";
import { takeRead } from "../store/stale_reads.ts";
import { callApi, reasonOf } from "./browser_api.ts";
import { showToast } from "./toast.ts";

function paramsOf(thread: Thread) {
  return { room_id: thread.room_id, event_id: thread.id };
}

export async function setFollowing(state: ChatState, thread: Thread, on: boolean): Promise<void> {
  try {
    const { following, read } = await callApi("followThread", {
      params: paramsOf(thread),
      body: { on },
    });
    takeOwnThread(state, { thread, following });
    takeRead(state, read);
  } catch (error) {
    showToast(state, reasonOf(error), true);
  }
}

/** Puts a thread away, brings it back, locks or unlocks it. */
export async function changeThread(
  state: ChatState,
  thread: Thread,
  change: { readonly archived?: boolean; readonly locked?: boolean },
): Promise<void> {
  try {
    takeThread(
      state,
      await callApi("updateThread", { params: paramsOf(thread), body: change }),
    );
  } catch (error) {
    showToast(state, reasonOf(error), true);
  }
}
