import type { z } from "zod";
import type { Ban } from "../../../core/api/guilds.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { contentOf, textOf } from "../../rooms/content.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild, requireRight, requireUserId } from "../chat/place.ts";
import { withReason } from "../guilds/update_guild.ts";
import type { MediaDesk } from "../messages/attachments.ts";
import { carryOutPurge } from "../messages/carry_out_purge.ts";

type BanDeps = ChatDeps & { readonly media: Pick<MediaDesk, "release"> };

/** @throws OperationError `forbidden`, `not_found` */
export async function listBans(
  deps: Pick<ChatDeps, "rooms" | "clock">,
  userId: UserId,
  guildId: string,
  page: {
    readonly search?: string | undefined;
    readonly limit: number;
    readonly offset: number;
  },
): Promise<{ bans: z.infer<typeof Ban>[]; total: number; found: number }> {
  const room = await openGuild(deps, userId, guildId);
  const nowMs = deps.clock.now();
  requireRight(room.authority.base(userId, nowMs), "BAN", "see who is banned");
  const bans: z.infer<typeof Ban>[] = [];
  for (const [stateKey, event] of room.authority.view.entriesOf("m.room.member")) {
    if (room.authority.membership(stateKey as UserId, nowMs) !== "ban") continue;
    bans.push({
      user_id: stateKey,
      reason: textOf(contentOf(event), "reason"),
      by: event.pdu.sender,
      ts: event.pdu.origin_ts,
    });
  }
  const wanted = page.search?.trim().toLocaleLowerCase() ?? "";
  const found = bans.filter((ban) => wanted === "" || wordsOf(ban).includes(wanted))
    .sort((a, b) => b.ts - a.ts);
  return {
    bans: found.slice(page.offset, page.offset + page.limit),
    total: bans.length,
    found: found.length,
  };
}

/** What a ban is found by: both forms of an id, as events and as people write it. */
function wordsOf({ user_id, by, reason }: z.infer<typeof Ban>): string {
  return [user_id, user_id.replace(":", "@"), by, by.replace(":", "@"), reason ?? ""].join(" ")
    .toLocaleLowerCase();
}

/**
 * Bans somebody, member or not, and with `purge_s` takes away what they said in that many last
 * seconds. @throws OperationError `invalid`, `forbidden`, `not_found`
 */
export async function banMember(
  deps: BanDeps,
  userId: UserId,
  input: {
    readonly guildId: string;
    readonly userId: string;
    readonly reason?: string | undefined;
    readonly purge_s?: number | undefined;
  },
): Promise<void> {
  const room = await openGuild(deps, userId, input.guildId);
  const target = requireUserId(input.userId);
  if (target === userId) throw new OperationError("invalid", "You cannot ban yourself.");
  const purgeMs = (input.purge_s ?? 0) * 1000;
  const nowMs = deps.clock.now();
  const built = await room.changeControl(() => ({
    intents: [
      ...(purgeMs === 0 ? [] : [{
        type: "m.purge",
        sender: userId,
        content: withReason(
          { user: target, from_ts: Math.max(0, nowMs - purgeMs), to_ts: nowMs },
          input.reason,
        ),
      }]),
      {
        type: "m.room.member",
        sender: userId,
        stateKey: target,
        content: withReason({ membership: "ban" }, input.reason),
      },
    ],
  }));
  const purge = built.find((event) => event.pdu.type === "m.purge");
  if (purge !== undefined) await carryOutPurge(deps, room, purge);
}

/** @throws OperationError `forbidden`, `not_found` */
export async function unbanMember(
  deps: Pick<ChatDeps, "rooms">,
  userId: UserId,
  input: { readonly guildId: string; readonly userId: string },
): Promise<void> {
  const room = await openGuild(deps, userId, input.guildId);
  const target = requireUserId(input.userId);
  await room.changeControl((authority) => {
    if (authority.membership(target) !== "ban") {
      throw new OperationError("not_found", `${target} is not banned here.`);
    }
    return {
      intents: [{
        type: "m.room.member",
        sender: userId,
        stateKey: target,
        content: { membership: "leave" },
      }],
    };
  });
}
