import { backfill } from "../../core/api/federation/events.ts";
import { isTimelineEvent, type TimelineEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { relationOf } from "../../core/event/relation.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import { isSaid } from "../../core/event/said.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import { type ChannelId, MAIN_CHANNEL, parseChannelId } from "../../core/ids/channel_id.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { KeyProof } from "../../core/api/federation/shapes.ts";
import { timelineOrder } from "../../core/state/timeline_order.ts";
import type { KeyRing, Transport } from "../../federation/ports.ts";
import { verifiedAmong } from "../../federation/verified_among.ts";
import type { AppendLog } from "../postgres/append_log.ts";
import type { EventRow } from "../postgres/event_rows.ts";
import type { Sql } from "../postgres/sql.ts";
import { timelineRow } from "../rooms/timeline_row.ts";
import { type Joining, shownRows } from "./joining_rows.ts";

/** Messages of a channel that are shown while the room is being checked. */
const PAGE = 50;
/** Channels whose last page is fetched at once; the others follow. */
const CHANNELS_AT_ONCE = 4;

export interface ShownPagesDeps {
  readonly sql: Sql;
  readonly log: AppendLog;
  readonly transport: Pick<Transport, "call">;
  readonly keys: Pick<KeyRing, "obtain">;
  readonly verifier: SignatureVerifier;
  readonly now: () => number;
}

/** One channel's last page as the helper gave it, oldest first. */
export interface ShownPage {
  readonly pdus: readonly JsonValue[];
  readonly keys: readonly KeyProof[];
}

/**
 * Fetches the last page of each channel that the joiner may read, and shows it on the helper's
 * word: signatures are verified, whether the sender was allowed is not yet known. PROTOCOL.md 9.
 * `first` ends with the first channel's page.
 */
export function showPages(
  deps: ShownPagesDeps,
  joining: Joining,
): { readonly first: Promise<void>; readonly all: Promise<readonly ShownPage[]> } {
  const channels = Object.entries(joining.answer.channels).flatMap(([raw, heads]) => {
    const id = raw === MAIN_CHANNEL ? MAIN_CHANNEL : parseChannelId(raw);
    return id === undefined || heads.length === 0 ? [] : [{ id, heads }];
  });
  const queue = [...channels];
  const pages: ShownPage[] = [];
  const first = Promise.withResolvers<void>();
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const page = await showPage(deps, joining, next).catch(() => undefined);
      if (page !== undefined) pages.push(page);
      first.resolve();
    }
  };
  const all = Promise.all(Array.from({ length: CHANNELS_AT_ONCE }, work)).then(() => {
    first.resolve();
    return pages;
  });
  return { first: first.promise, all };
}

async function showPage(
  deps: ShownPagesDeps,
  { roomId, helper, servers }: Joining,
  channel: { readonly id: ChannelId; readonly heads: readonly string[] },
): Promise<ShownPage> {
  const page = await deps.transport.call(helper, backfill, {
    room_id: roomId,
    channel_id: channel.id,
    from: channel.heads.slice(0, PAGE),
    limit: PAGE,
  });
  const events = page.pdus.flatMap((pdu) => {
    const parsed = parsePduValue(pdu, { roomId });
    const fits = parsed.kind === "event" && isTimelineEvent(parsed.event) &&
      parsed.event.pdu.channel_id === channel.id;
    return fits ? [parsed.event as TimelineEvent] : [];
  });
  const residents = { servers: [helper, ...servers], holdAll: false, forNow: true };
  const { verified } = await verifiedAmong(deps, events, {
    proofs: page.keys,
    ask: [helper],
    residents: () => Promise.resolve(residents),
  });
  const rows = await newRows(deps, verified.toReversed());
  if (rows.length > 0) {
    await deps.log.append({
      roomId,
      events: rows,
      rows: [shownRows.of({ roomId, eventIds: rows.map((row) => row.eventId) })],
    });
  }
  return { pdus: page.pdus.toReversed(), keys: page.keys };
}

/** Rows of those not held from an earlier membership, in their order. */
async function newRows(
  deps: ShownPagesDeps,
  oldestFirst: readonly TimelineEvent[],
): Promise<EventRow[]> {
  const [some] = oldestFirst;
  if (some === undefined) return [];
  const held = new Set(
    (await deps.sql<{ event_id: EventId }[]>`
      select event_id from events where room_id = ${some.roomId}
        and event_id = any(${oldestFirst.map((event) => event.id)})`).map((row) => row.event_id),
  );
  const orders = new Map<EventId, number>();
  const rows: EventRow[] = [];
  for (const event of oldestFirst) {
    const parents = event.pdu.prev_events.flatMap((id) => orders.get(id) ?? []);
    const order = timelineOrder(event.pdu.origin_ts, parents);
    orders.set(event.id, order);
    if (isPost(event) && !held.has(event.id)) {
      rows.push(timelineRow(event, { order, receivedTs: deps.now() }));
    }
  }
  return rows;
}

/** What can be shown by itself. Edits, reactions and pins come with the check. */
function isPost({ pdu }: TimelineEvent): boolean {
  return isSaid(pdu.type) && relationOf(pdu)?.kind !== "edit";
}
