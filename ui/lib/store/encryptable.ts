import type { Channel } from "../../../core/api/channel.ts";
import type { Dm } from "../../../core/api/gateway.ts";

/** What can be encrypted from the pages: a conversation, or a private channel. */
export type Encryptable =
  | { readonly kind: "dm"; readonly dm: Dm }
  | { readonly kind: "channel"; readonly channel: Channel };

/** A room as a channel of a guild or as a conversation: what is known of its encryption. */
export function facts(
  target: Encryptable,
): { readonly room_id: string; readonly encrypted: boolean; readonly may_encrypt: boolean } {
  return target.kind === "dm" ? target.dm : target.channel;
}
