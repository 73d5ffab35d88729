import type { ChatState } from "../store/chat.ts";
import { privacyOf } from "./privacy.ts";

/**
 * Where it is the server's setting, a conversation is encrypted without being asked: by its next
 * message or file, and when a request is accepted. What stands in the way of that does not stand in
 * the way of what is said.
 */
export async function encryptByItself(
  state: ChatState,
  roomId: string,
  { accepted = false }: { readonly accepted?: boolean } = {},
): Promise<void> {
  if (!state.server.encrypts_automatically) return;
  const dm = state.dms.value.find((each) => each.room_id === roomId);
  if (!dm || dm.encrypted || !dm.may_encrypt || dm.state !== "joined") return;
  try {
    const { beginnings } = await privacyOf(state);
    await (accepted ? beginnings.onceAccepted(roomId) : beginnings.byItself(dm));
  } catch {
    // Its script did not come: without a network the message does not go out either.
  }
}
