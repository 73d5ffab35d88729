import { redeemLink } from "../../core/api/federation/membership.ts";
import { parseUserId, serverOf } from "../../core/ids/user_id.ts";
import type { Links } from "../membership_ports.ts";
import { defineHandler } from "../ports.ts";
import { notHere } from "./not_here.ts";

/** Spends a link of ours for a user of the asking server. PROTOCOL.md 9. */
export function redeemLinkHandler(deps: { readonly links: Pick<Links, "redeem"> }) {
  return defineHandler({
    operation: redeemLink,
    async answer({ origin }, { code, user: raw }) {
      const user = parseUserId(raw);
      if (user === undefined || serverOf(user) !== origin) throw notHere();
      const { roomId, channelId } = await deps.links.redeem(code, user);
      return { room_id: roomId, channel_id: channelId };
    },
  });
}
