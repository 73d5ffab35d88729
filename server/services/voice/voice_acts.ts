import type { AuditEntry } from "../../../core/api/guilds.ts";
import type { RoomId } from "../../../core/ids/room_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Queryable, Sql } from "../../postgres/sql.ts";

/** What a moderator can do in a call, as the guild's audit log names it. */
export type VoiceAction =
  | ("voice.mute" | "voice.deafen" | "voice.move" | "voice.disconnect")
  | "voice.stop_showing";
/** What managers do to a webhook that no event of the guild tells: kept beside the acts in calls. */
export type WebhookAction = "webhook.update" | "webhook.renew";

export interface VoiceAct {
  readonly guildId: RoomId;
  readonly ts: number;
  readonly by: UserId;
  readonly target: UserId;
  readonly action: VoiceAction | WebhookAction;
  readonly reason: string | undefined;
  readonly changes: AuditEntry["changes"];
}

/** Kept for so long; what is in the guild's own events stays. */
const KEPT_MS = 365 * 24 * 3_600_000;
/** Where the ids of these entries begin; event ids begin otherwise. */
const ID_PREFIX = "voice:";

export async function writeVoiceAct(sql: Queryable, act: VoiceAct): Promise<void> {
  await sql`
    insert into voice_acts (guild_id, ts, by_id, target_id, action, reason, changes)
    values (${act.guildId}, ${act.ts}, ${act.by}, ${act.target}, ${act.action},
      ${act.reason ?? null}, ${sql.json(JSON.parse(JSON.stringify(act.changes)))})`;
}

/** Acts of a guild's moderators in calls, newest first, as entries of its audit log. */
export async function readVoiceActs(
  sql: Queryable,
  { guildId, before, sinceTs, untilTs, limit }: {
    readonly guildId: RoomId;
    /** Only what came before this entry; `id` undefined: before this time. */
    readonly before: { readonly ts: number; readonly id: number | undefined } | undefined;
    readonly sinceTs: number | undefined;
    readonly untilTs: number | undefined;
    readonly limit: number;
  },
): Promise<AuditEntry[]> {
  const rows = await sql<(Omit<AuditEntry, "id"> & { readonly id: number })[]>`
    select id, ts, by_id as by, action, target_id as target, reason, changes from voice_acts
    where guild_id = ${guildId}
      and (ts, id) < (${before?.ts ?? Number.MAX_SAFE_INTEGER}::bigint, ${before?.id ?? 0}::bigint)
      and ts >= ${sinceTs ?? 0} and ts < ${untilTs ?? Number.MAX_SAFE_INTEGER}
    order by ts desc, id desc limit ${limit}`;
  return rows.map((row) => ({ ...row, id: `${ID_PREFIX}${row.id}` }));
}

/** When an act was, or undefined where the guild has none of this number. */
export async function findVoiceAct(
  sql: Queryable,
  { guildId, id }: { readonly guildId: RoomId; readonly id: number },
): Promise<{ readonly ts: number } | undefined> {
  const [row] = await sql<{ ts: number }[]>`
    select ts from voice_acts where guild_id = ${guildId} and id = ${id}`;
  return row;
}

/** The number of an entry of this kind, or undefined where it is an event's. */
export function voiceActId(raw: string): number | undefined {
  const digits = /^voice:(\d{1,15})$/.exec(raw)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

export async function sweepVoiceActs(deps: { readonly sql: Sql }, nowMs: number): Promise<void> {
  await deps.sql`delete from voice_acts where ts < ${nowMs - KEPT_MS}`;
}
