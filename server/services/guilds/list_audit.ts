import type { AuditEntry } from "../../../core/api/guilds.ts";
import type { User } from "../../../core/api/user.ts";
import { OperationError } from "../../../core/errors.ts";
import type { ControlEvent, HeldEvent } from "../../../core/event/event.ts";
import type { JsonObject, JsonValue } from "../../../core/event/json.ts";
import { carriesOut } from "../../../core/permissions/stay.ts";
import { parseEventId } from "../../../core/ids/event_id.ts";
import { parseTypedUserId, parseUserId, type UserId } from "../../../core/ids/user_id.ts";
import { eventColumns, type EventRecord, readEvent } from "../../postgres/event_rows.ts";
import { textOf } from "../../rooms/content.ts";
import { heldOf } from "../../rooms/load_room.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { ownerRivalIds } from "../../federation/owner_rivals.ts";
import { openGuild, requireRight } from "../chat/place.ts";
import { findVoiceAct, readVoiceActs, voiceActId } from "../voice/voice_acts.ts";

/** Events looked at for one page; a filter that matches little ends the page early. */
const SCANNED_MAX = 2000;

export interface AuditQuery {
  readonly guildId: string;
  readonly by?: string | undefined;
  readonly target?: string | undefined;
  readonly action?: string | undefined;
  readonly since_ts?: number | undefined;
  readonly until_ts?: number | undefined;
  readonly before?: string | undefined;
  readonly limit: number;
}

export interface AuditPage {
  readonly entries: AuditEntry[];
  /** Those whom the entries name, as far as their profiles are known. */
  readonly people: User[];
  readonly next: string | null;
}

/**
 * What was changed, newest first: the log is the room's own signed control events, and the
 * redactions of others' messages. @throws OperationError `forbidden`, `not_found`
 */
export async function listAudit(
  deps: Pick<ChatDeps, "rooms" | "sql" | "clock" | "users">,
  userId: UserId,
  query: AuditQuery,
): Promise<AuditPage> {
  const room = await openGuild(deps, userId, query.guildId);
  const rights = room.authority.base(userId, deps.clock.now());
  requireRight(rights, "VIEW_AUDIT_LOG", "read the audit log");
  const from = query.before === undefined ? undefined : await placeOf(deps, room, query.before);
  const events = await readNewest(deps, room, { from, query });
  const former = await formerEvents(deps, room, events);
  const stays = await staysBefore(deps, room, events);
  const rivals = await ownerRivalIds(deps.sql, room.id);
  const filter = { ...query, by: typedId(query.by), target: typedId(query.target) };
  const told = events.flatMap((event) => {
    const entry = entryOf(event, { former, stays });
    if (entry === undefined) return [];
    return [rivals.has(event.id) ? { ...entry, action: "guild.owner_rival" } : entry];
  });
  const acts = await readVoiceActs(deps.sql, {
    guildId: room.id,
    before: from && { ts: from.ts, id: from.act },
    sinceTs: query.since_ts,
    untilTs: query.until_ts,
    limit: SCANNED_MAX,
  });
  // A look that ended before the end ends there for both kinds: there may be more further back.
  const ends = [endOf(events.at(-1), events.length), endOf(acts.at(-1), acts.length)]
    .filter((end) => end !== undefined);
  const reached = ends.sort((a, b) => b.ts - a.ts)[0];
  // Acts stand before events of the same time, as `placeOf` has it.
  const merged = [...acts, ...told].sort((a, b) => b.ts - a.ts)
    .filter(({ ts }) => reached === undefined || ts >= reached.ts);
  const found = merged.filter((entry) => matches(entry, filter));
  const entries = found.slice(0, query.limit);
  const last = entries.length === query.limit ? entries.at(-1) : reached;
  return { entries, people: await peopleIn(deps, entries), next: last?.id ?? null };
}

/** Where a look that found as many as it may ended. */
function endOf(
  last: AuditEntry | HeldEvent | undefined,
  count: number,
): { readonly id: string; readonly ts: number } | undefined {
  if (last === undefined || count < SCANNED_MAX) return undefined;
  return { id: last.id, ts: "pdu" in last ? last.pdu.origin_ts : last.ts };
}

async function peopleIn(
  deps: Pick<ChatDeps, "users">,
  entries: readonly AuditEntry[],
): Promise<User[]> {
  const ids = entries.flatMap(({ by, target }) => [by, target ?? ""])
    .flatMap((id) => parseUserId(id) ?? []);
  return [...(await deps.users.find([...new Set(ids)])).values()];
}

interface Place {
  readonly ts: number;
  readonly position: number;
  readonly id: string;
  /** Number of the entry, where it is of a call and no event. */
  readonly act?: number;
}

async function placeOf(deps: Pick<ChatDeps, "sql">, room: Room, raw: string): Promise<Place> {
  const act = voiceActId(raw);
  const held = act === undefined
    ? undefined
    : await findVoiceAct(deps.sql, { guildId: room.id, id: act });
  if (act !== undefined && held !== undefined) {
    return { ts: held.ts, position: Number.MAX_SAFE_INTEGER, id: raw, act };
  }
  const id = parseEventId(raw);
  const [row] = await deps.sql<{ origin_ts: number; position: number }[]>`
    select origin_ts, position from events where room_id = ${room.id} and event_id = ${id ?? ""}`;
  if (row !== undefined && id !== undefined) {
    return { ts: row.origin_ts, position: row.position, id };
  }
  throw new OperationError("invalid", `There is no audit entry ${JSON.stringify(raw)}.`, {
    details: { field: "before" },
  });
}

async function readNewest(
  deps: Pick<ChatDeps, "sql">,
  room: Room,
  { from, query }: { readonly from: Place | undefined; readonly query: AuditQuery },
): Promise<HeldEvent[]> {
  const { sql } = deps;
  const since = query.since_ts === undefined ? sql`` : sql`and e.origin_ts >= ${query.since_ts}`;
  const until = query.until_ts === undefined ? sql`` : sql`and e.origin_ts < ${query.until_ts}`;
  const older = from === undefined
    ? sql``
    : sql`and (e.origin_ts, e.position, e.event_id) < (${from.ts}, ${from.position}, ${from.id})`;
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} from events e
    where e.room_id = ${room.id}
      and (e.outcome = 'accepted' or exists (
        select from owner_rivals o where o.room_id = e.room_id and o.event_id = e.event_id))
      and (e.channel_id is null or (e.type = 'm.redaction' and exists (
        select from message_redactions r join events t
          on t.room_id = r.room_id and t.event_id = r.target_id
        where r.room_id = e.room_id and r.event_id = e.event_id and t.sender <> e.sender)))
      ${older} ${since} ${until}
    order by e.origin_ts desc, e.position desc, e.event_id desc limit ${SCANNED_MAX}`;
  return rows.map((row) => heldOf(readEvent(row)));
}

/** The events that these replaced: each cites its own. PROTOCOL.md 4 (authTypes). */
async function formerEvents(
  deps: Pick<ChatDeps, "sql">,
  room: Room,
  events: readonly HeldEvent[],
): Promise<Map<string, ControlEvent>> {
  const ids = [
    ...new Set(
      events.flatMap((event) => "auth_events" in event.pdu ? [...event.pdu.auth_events] : []),
    ),
  ];
  if (ids.length === 0) return new Map();
  const { sql } = deps;
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} from events e
    where e.room_id = ${room.id} and e.event_id = any(${ids})`;
  return new Map(rows.map((row) => [row.event_id, heldOf(readEvent(row)) as ControlEvent]));
}

const ACTIONS: Readonly<Record<string, string>> = {
  "m.room.create": "guild.create",
  "m.guild.meta": "guild.update",
  "m.guild.welcome": "guild.welcome",
  "m.guild.owner": "guild.owner",
  "m.guild.emoji": "emoji.create",
  "m.guild.roles": "roles.update",
  "m.guild.role": "role.update",
  "m.guild.member_roles": "member.roles",
  "m.member.profile": "member.profile",
  "m.room.timeout": "member.timeout",
  "m.member.stay": "member.stay",
  "m.channel.policy": "channel.permissions",
  "m.channel.meta": "channel.update",
  "m.room.join_rules": "guild.join_rules",
  "m.room.history_visibility": "guild.history_visibility",
  "m.room.server_acl": "guild.servers",
  "m.purge": "member.purge",
  "m.redaction": "message.delete",
};

/** What the entries of a page are read against. */
interface Background {
  /** Events that others replaced, by id. */
  readonly former: ReadonlyMap<string, ControlEvent>;
  /** Ends that were given to memberships, the newest first. */
  readonly stays: readonly ControlEvent[];
}

/** Ends given to memberships that one of these events says it carries out. */
async function staysBefore(
  { sql }: Pick<ChatDeps, "sql">,
  room: Room,
  events: readonly HeldEvent[],
): Promise<ControlEvent[]> {
  const users = events.flatMap(({ pdu }) =>
    pdu.type === "m.room.member" && "state_key" in pdu && pdu.content["expires"] !== undefined
      ? [pdu.state_key ?? ""]
      : []
  );
  if (users.length === 0) return [];
  const rows = await sql<EventRecord[]>`
    select ${eventColumns(sql)} from events e
    where e.room_id = ${room.id} and e.outcome = 'accepted' and e.channel_id is null
      and e.type = 'm.member.stay' and e.state_key = any(${users})
    order by e.origin_ts desc, e.position desc limit ${SCANNED_MAX}`;
  return rows.map((row) => heldOf(readEvent(row)) as ControlEvent);
}

function entryOf(
  event: HeldEvent,
  { former, stays }: Background,
): AuditEntry | undefined {
  const { pdu } = event;
  const before = "auth_events" in pdu
    ? pdu.auth_events.map((id) => former.get(id)).find((each) =>
      each?.pdu.type === pdu.type && each.pdu.state_key === pdu.state_key
    )
    : undefined;
  const action = actionOf(event, before, stays);
  if (action === undefined) return undefined;
  const target = "state_key" in pdu && pdu.state_key !== ""
    ? pdu.state_key ?? textOf(pdu.content, "user")
    : textOf(pdu.content, "user");
  return {
    id: event.id,
    ts: pdu.origin_ts,
    by: pdu.sender,
    action,
    target: target ?? null,
    reason: textOf(pdu.content, "reason"),
    changes: event.withheld ? [] : changesOf(before?.pdu.content ?? {}, pdu.content),
  };
}

function actionOf(
  event: HeldEvent,
  before: ControlEvent | undefined,
  stays: Background["stays"],
): string | undefined {
  const { pdu } = event;
  if (pdu.type === "m.room.member" && "state_key" in pdu) {
    const given = before &&
      stays.find(({ pdu: stay }) =>
        stay.state_key === pdu.state_key && stay.auth_events.includes(before.id) &&
        stay.origin_ts <= pdu.origin_ts
      );
    if (given !== undefined && carriesOut(event, given)) return "member.ended";
    return membershipAction(event, before?.pdu.content["membership"]);
  }
  const action = ACTIONS[pdu.type];
  if (pdu.type === "m.guild.role" && before === undefined) return "role.create";
  if (pdu.type === "m.guild.emoji") return emojiAction(pdu.content, before?.pdu.content);
  if (pdu.type === "m.channel.policy") {
    if (before === undefined) return "channel.create";
    if (pdu.content["closed"] === true) return "channel.delete";
  }
  return action;
}

function emojiAction(content: JsonObject, before: JsonObject | undefined): string {
  const uri = textOf(content, "uri");
  if (uri === null) return "emoji.delete";
  return textOf(before, "uri") === uri ? "emoji.rename" : "emoji.create";
}

function membershipAction(event: HeldEvent, before: JsonValue | undefined): string | undefined {
  const { content, sender } = event.pdu;
  const own = "state_key" in event.pdu && event.pdu.state_key === sender;
  if (content["kind"] === "webhook") {
    // Its maker's invite is what counts: the join behind it says nothing more.
    if (content["membership"] === "invite") return "webhook.create";
    if (content["membership"] === "join") return undefined;
    if (own) return "webhook.delete";
  }
  switch (content["membership"]) {
    case "join":
      return "member.join";
    case "invite":
      return "member.invite";
    case "ban":
      return "member.ban";
    case "leave":
      return before === "ban" ? "member.unban" : own ? "member.leave" : "member.kick";
    default:
      return undefined;
  }
}

function changesOf(before: JsonObject, after: JsonObject): AuditEntry["changes"] {
  const changes: AuditEntry["changes"] = [];
  for (const field of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (field === "reason") continue;
    const [was, is] = [before[field] ?? null, after[field] ?? null];
    if (JSON.stringify(was) !== JSON.stringify(is)) changes.push({ field, before: was, after: is });
  }
  return changes;
}

/** A person as people type them, or the id of something else as it is. */
function typedId(text: string | undefined): string | undefined {
  return text === undefined ? undefined : parseTypedUserId(text) ?? text;
}

function matches(entry: AuditEntry, query: AuditQuery): boolean {
  return (query.by === undefined || entry.by === query.by) &&
    (query.target === undefined || entry.target === query.target) &&
    (query.action === undefined || entry.action === query.action);
}
