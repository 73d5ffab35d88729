import type { ChannelId } from "../../../core/ids/channel_id.ts";
import type { Room } from "../../rooms/room.ts";
import { type EffectiveEvent, effectRows } from "./message_effects.ts";

/** What somebody sends of an event that takes effect on others. */
export type Effect = Omit<EffectiveEvent, "roomId" | "channelId" | "eventId" | "order">;

/**
 * Sends an event of a channel whose rows are nothing but its effect on others. That its sender may
 * is the caller's to ask. @throws OperationError as `Room.sendTimeline`
 */
export async function sendEffect(
  { room, channelId }: { readonly room: Room; readonly channelId: ChannelId },
  effect: Effect,
): Promise<void> {
  const { sender, type, content } = effect;
  await room.sendTimeline({ type, sender, channelId, content }, (placed) => ({
    rows: effectRows({ roomId: room.id, channelId, ...placed, ...effect }),
  }));
}
