import type { Dm, SeenMark } from "../../../core/api/gateway.ts";
import type { Message } from "../../../core/api/message.ts";
import type { ChatState } from "./chat.ts";

/** Takes a conversation as it is now into the list, the one of the last word first. */
export function setDm(state: ChatState, dm: Dm): void {
  const others = state.dms.value.filter((entry) => entry.room_id !== dm.room_id);
  state.dms.value = [dm, ...others].sort((a, b) => b.last_ts - a.last_ts);
}

/** Takes a conversation out of the list. */
export function dropDm(state: ChatState, roomId: string): void {
  state.dms.value = state.dms.value.filter((dm) => dm.room_id !== roomId);
}

/** The other one has read on; what is told late takes nothing back. */
export function takeSeen(state: ChatState, roomId: string, seen: SeenMark): void {
  state.dms.value = state.dms.value.map((dm) =>
    dm.kind === "pair" && dm.room_id === roomId && (dm.seen?.order ?? 0) <= seen.order
      ? { ...dm, seen }
      : dm
  );
}

/**
 * The message to say "seen" under: the last one of the conversation, if it is the viewer's own
 * and the other has read it. An answer says so by itself.
 */
export function seenMessage(
  dm: Dm | undefined,
  messages: readonly Message[],
  selfId: string,
): string | undefined {
  const seen = dm?.kind === "pair" ? dm.seen : undefined;
  const last = messages.at(-1);
  if (!seen || last === undefined || last.author.id !== selfId || last.redacted) return undefined;
  return last.id === seen.id || last.order < seen.order ? last.id : undefined;
}
