import type { Ban } from "../../../core/api/guilds.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { limits } from "../../../core/limits.ts";
import { contentOf, textOf } from "../../rooms/content.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openGuild, requireRight, requireUserId } from "../chat/place.ts";
import { withReason } from "../guilds/update_guild.ts";
import type { MediaDesk } from "../messages/attachments.ts";
import { keptKind } from "../webhooks/webhook_member.ts";
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
): Promise<{ bans: Ban[]; total: number; found: number }> {
  const room = await openGuild(deps, userId, guildId);
  const nowMs = deps.clock.now();
  requireRight(room.authority.base(userId, nowMs), "BAN", "see who is banned");
  const bans: Ban[] = [];
  for (const [stateKey, event] of room.authority.view.entriesOf("m.room.member")) {
    if (room.authority.membership(stateKey as UserId, nowMs) !== "ban") continue;
    bans.push({
      user_id: stateKey,
      reason: textOf(contentOf(event), "reason"),
      by: event.pdu.sender,
      ts: event.pdu.origin_ts,
      until_ts: room.authority.member(stateKey as UserId)?.until ?? null,
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
function wordsOf({ user_id, by, reason }: Ban): string {
  return [user_id, user_id.replace(":", "@"), by, by.replace(":", "@"), reason ?? ""].join(" ")
    .toLocaleLowerCase();
}

/** How long a ban can last that ends by itself. */
const YEARS_MAX = 5;

/** `{ until }` of a ban that ends by itself. Throws `invalid` for an end that makes no sense. */
function endOf(untilTs: number | null | undefined, nowMs: number): { readonly until?: number } {
  if (untilTs === null || untilTs === undefined) return {};
  if (untilTs <= nowMs || untilTs > nowMs + limits.authority.maxBanMs) {
    throw new OperationError(
      "invalid",
      `A ban ends in the future and within ${YEARS_MAX} years; leave the end out for one without.`,
      { details: { field: "until_ts" } },
    );
  }
  return { until: untilTs };
}

/**
 * Bans somebody, member or not, for good or until a moment, and with `purge_s` takes away what
 * they said in that many last seconds. Who is banned already has the new ban. @throws OperationError `invalid`, `forbidden`, `not_found`
 */
export async function banMember(
  deps: BanDeps,
  userId: UserId,
  input: {
    readonly guildId: string;
    readonly userId: string;
    readonly reason?: string | undefined;
    readonly purge_s?: number | undefined;
    readonly until_ts?: number | null | undefined;
  },
): Promise<void> {
  const room = await openGuild(deps, userId, input.guildId);
  const target = requireUserId(input.userId);
  if (target === userId) throw new OperationError("invalid", "You cannot ban yourself.");
  const purgeMs = (input.purge_s ?? 0) * 1000;
  const nowMs = deps.clock.now();
  const end = endOf(input.until_ts, nowMs);
  const built = await room.changeControl((authority) => ({
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
        content: withReason(
          { membership: "ban", ...keptKind(authority, target), ...end },
          input.reason,
        ),
      },
    ],
  }));
  const purge = built.find((event) => event.pdu.type === "m.purge");
  if (purge !== undefined) await carryOutPurge(deps, room, purge);
}

/** @throws OperationError `forbidden`, `not_found` */
export async function unbanMember(
  deps: Pick<ChatDeps, "rooms" | "clock">,
  userId: UserId,
  input: { readonly guildId: string; readonly userId: string },
): Promise<void> {
  const room = await openGuild(deps, userId, input.guildId);
  const target = requireUserId(input.userId);
  await room.changeControl((authority) => {
    if (authority.membership(target, deps.clock.now()) !== "ban") {
      throw new OperationError("not_found", `${target} is not banned here.`);
    }
    return {
      intents: [{
        type: "m.room.member",
        sender: userId,
        stateKey: target,
        content: { membership: "leave", ...keptKind(authority, target) },
      }],
    };
  });
}
