import { type HeldEvent, isControlEvent, isTimelineEvent } from "../../core/event/event.ts";
import {
  editedIdOf,
  purgeCovers,
  redactedIds,
  redactionCovers,
} from "../../core/event/redaction_effect.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { holds } from "../../core/permissions/bits.ts";
import type { Covering } from "./ports.ts";
import type { RoomTurn } from "./room_turn.ts";

/**
 * What loses its content now that an event has come: the event itself, where a redaction or
 * purge that came before covers it; its edits, where they came before it; and where it is an
 * accepted redaction, what it names. The order of arrival changes nothing. PROTOCOL.md 6.
 */
export async function coveringsOf(
  turn: RoomTurn,
  event: HeldEvent,
  { counts }: { readonly counts: boolean },
): Promise<readonly Covering[]> {
  const own = await coveringOf(turn, event);
  const edits = own === undefined ? [] : await coveredEdits(turn, own.by, [event]);
  const named = counts && event.pdu.type === "m.redaction" ? await coveredBy(turn, event) : [];
  return [...(own === undefined ? [] : [own]), ...edits, ...named];
}

/** The redaction or purge that took the event's content away before it came. */
async function coveringOf(turn: RoomTurn, event: HeldEvent): Promise<Covering | undefined> {
  const editedId = editedIdOf(event);
  const ids = editedId === undefined ? [event.id] : [event.id, editedId];
  const redactions = await turn.redactionsOf(ids);
  if (editedId !== undefined) await turn.read([editedId]);
  const edited = editedId === undefined ? undefined : turn.known(editedId)?.event;
  for (const by of redactions) {
    if (await covers(turn, by, { event, edited })) return { target: event.id, by };
  }
  if (!isTimelineEvent(event)) return undefined;
  const purges = await turn.purgesOf(event.pdu.sender);
  const by = purges.find((purge) => purgeCovers(purge, event));
  return by === undefined ? undefined : { target: event.id, by };
}

/** What an accepted redaction takes away of all that is held. */
async function coveredBy(turn: RoomTurn, redaction: HeldEvent): Promise<Covering[]> {
  const ids = redactedIds(redaction);
  await turn.read(ids);
  const targets = ids.flatMap((id) => {
    const known = turn.known(id);
    return known === undefined || known.outcome === "rejected" ? [] : [known.event];
  });
  const covered: Covering[] = [];
  for (const event of targets) {
    if (!await covers(turn, redaction, { event, edited: undefined })) continue;
    covered.push({ target: event.id, by: redaction });
  }
  return [...covered, ...await coveredEdits(turn, redaction, targets)];
}

/** Edits of these that the redaction covers too. */
async function coveredEdits(
  turn: RoomTurn,
  by: HeldEvent,
  targets: readonly HeldEvent[],
): Promise<Covering[]> {
  const byId = new Map<EventId, HeldEvent>(targets.map((event) => [event.id, event]));
  if (by.pdu.type !== "m.redaction" || byId.size === 0) return [];
  const covered: Covering[] = [];
  for (const { event } of await turn.editsOf([...byId.keys()])) {
    const edited = byId.get(editedIdOf(event) ?? event.id);
    if (await covers(turn, by, { event, edited })) covered.push({ target: event.id, by });
  }
  return covered;
}

async function covers(
  turn: RoomTurn,
  redaction: HeldEvent,
  { event, edited }: { readonly event: HeldEvent; readonly edited: HeldEvent | undefined },
): Promise<boolean> {
  const own = redaction.pdu.sender === event.pdu.sender;
  const mayManage = own || await mayManageAt(turn, redaction);
  return redactionCovers(redaction, event, { mayManage: () => mayManage, edited });
}

/** Whether the redaction's sender may redact others' events, in the redaction's own state. */
async function mayManageAt(turn: RoomTurn, redaction: HeldEvent): Promise<boolean> {
  const { pdu } = redaction;
  const { graph } = turn.room;
  if (isTimelineEvent(redaction)) {
    const { state_refs: refs, channel_id: channelId } = redaction.pdu;
    const authority = await graph.authorityAfter(refs, { fullSetMax: Infinity });
    const rights = authority?.rights(pdu.sender, channelId, pdu.origin_ts) ?? 0n;
    return holds(rights, "MANAGE_MESSAGES");
  }
  if (!isControlEvent(redaction)) return false;
  const authority = await graph.authorityAfter(pdu.prev_events, { fullSetMax: Infinity });
  return holds(authority?.base(pdu.sender, pdu.origin_ts) ?? 0n, "MANAGE_GUILD");
}
