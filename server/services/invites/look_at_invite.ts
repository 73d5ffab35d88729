import type { z } from "zod";
import type { getInvite } from "../../../core/api/invites.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { projectSummary } from "../guilds/project_guild.ts";
import { findUsableInvite } from "./find_usable_invite.ts";
import { linksRegister } from "./view_invite.ts";

/** Members asked for their presence before the count becomes a sample. */
const PRESENCES_MAX = 5000;

/** What a link leads to, before login. @throws OperationError `not_found`, `gone` */
export async function lookAtInvite(
  deps: ChatDeps,
  code: string,
): Promise<z.infer<typeof getInvite.result>> {
  const { row, room, author } = await findUsableInvite(deps, code);
  return {
    code: row.code,
    guild: projectSummary(room),
    by: await deps.users.get(author),
    expires_ts: row.expires_ts,
    stay_s: row.stay_s,
    registers: await linksRegister(deps),
    online_count: countOnline(deps, room),
  };
}

/** Members who are there now; in large guilds of the first ones alone. */
export function countOnline(deps: Pick<ChatDeps, "presenceOf">, room: Room): number {
  let online = 0;
  let asked = 0;
  for (const userId of room.authority.joinedUsers()) {
    if (++asked > PRESENCES_MAX) break;
    if (deps.presenceOf(userId) !== "offline") online++;
  }
  return online;
}
