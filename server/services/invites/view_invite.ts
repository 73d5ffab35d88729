import type { Invite } from "../../../core/api/invites.ts";
import { readSettings } from "../accounts/settings.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { InviteRow } from "./invite_rows.ts";

/** The address of a link. */
export function inviteUrl(deps: Pick<ChatDeps, "publicUrl">, code: string): string {
  return `${deps.publicUrl}/invite/${code}`;
}

export function inviteFromRow(
  deps: Pick<ChatDeps, "publicUrl">,
  row: InviteRow,
  registers: boolean,
): Invite {
  return {
    code: row.code,
    url: inviteUrl(deps, row.code),
    guild_id: row.guild_id,
    channel_id: row.channel_id,
    by: row.created_by,
    created_ts: row.created_ts,
    expires_ts: row.expires_ts,
    max_uses: row.max_uses,
    uses: row.uses,
    role_id: row.role_id,
    stay_s: row.stay_s,
    registers,
  };
}

/** Whether an invite link lets somebody without an account register. */
export async function linksRegister(deps: Pick<ChatDeps, "sql" | "pinned">): Promise<boolean> {
  const { registration_mode: mode, invite_links_open_registration: open } = await readSettings(
    deps,
  );
  return mode === "open" || (mode === "invite" && open);
}
