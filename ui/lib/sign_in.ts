import type { State } from "../utils.ts";
import { ApiError } from "./api/request.ts";
import { guildPath } from "./format/paths.ts";

/**
 * Joins the guild of an invite for the signed-in visitor and says where to go. An invite that
 * has ended meanwhile is no reason to lose the account just made: its page explains.
 */
export async function acceptInvite(state: State, code: string): Promise<string> {
  try {
    const joined = await state.api.call("acceptInvite", { params: { code } });
    return guildPath(joined.guild_id, joined.channel_id);
  } catch (error) {
    if (error instanceof ApiError && error.status < 500) {
      return `/invite/${encodeURIComponent(code)}`;
    }
    throw error;
  }
}
