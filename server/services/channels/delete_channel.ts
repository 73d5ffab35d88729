import type { UserId } from "../../../core/ids/user_id.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openChannel } from "../chat/place.ts";
import { roomNotFound } from "../../rooms/rooms.ts";
import { policyContent } from "./channel_content.ts";

/** Closes a channel for good: nobody has any right there any more. PROTOCOL.md 4. */
export async function deleteChannel(
  deps: Pick<ChatDeps, "rooms" | "clock">,
  userId: UserId,
  input: { readonly roomId: string; readonly channelId: string },
): Promise<void> {
  const { room, channelId } = await openChannel(deps, userId, input);
  await room.changeControl((authority) => {
    const policy = authority.channel(channelId);
    if (policy === undefined || policy.closed) throw roomNotFound();
    const children = [...authority.channels()].filter(([, other]) =>
      policy.kind === "category" && other.parent === channelId && !other.closed
    );
    return {
      intents: [
        // Channels of a category outlive it, with the entries they have.
        ...children.map(([id, child]) => ({
          type: "m.channel.policy",
          sender: userId,
          stateKey: id,
          content: policyContent({ ...child, parent: undefined }),
        })),
        {
          type: "m.channel.policy",
          sender: userId,
          stateKey: channelId,
          content: policyContent({ ...policy, closed: true, entries: new Map() }),
        },
      ],
    };
  });
}
