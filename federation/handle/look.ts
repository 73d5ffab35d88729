import { lookAtLink } from "../../core/api/federation/membership.ts";
import type { Links } from "../membership_ports.ts";
import { defineHandler } from "../ports.ts";

/** Shows what a link of ours leads to: whoever has the code may know. PROTOCOL.md 9. */
export function lookAtLinkHandler(deps: { readonly links: Pick<Links, "look"> }) {
  return defineHandler({
    operation: lookAtLink,
    async answer(_asked, { code }) {
      const view = await deps.links.look(code);
      return {
        room_id: view.roomId,
        name: view.name,
        description: view.description,
        icon: view.icon,
        member_count: view.memberCount,
        online_count: view.onlineCount,
        by: view.by,
        expires_ts: view.expiresTs,
        stay_s: view.stayS,
      };
    },
  });
}
