import { isControlEvent, isTimelineEvent } from "../../core/event/event.ts";
import { pollEndKind } from "../../core/event/kinds/poll_end.ts";
import { previewsOffKind } from "../../core/event/kinds/previews_off.ts";
import { threadKind } from "../../core/event/kinds/thread.ts";
import { holds } from "../../core/permissions/bits.ts";
import type { Covering, Known, RoomChange } from "../../federation/inbound/ports.ts";
import type { TaggedRow } from "../postgres/row_kind.ts";
import type { Room } from "../rooms/room.ts";
import { endEventUses } from "../services/media/media_row_kinds.ts";
import { remoteUseRows } from "../services/media/remote/remote_use_rows.ts";
import { purgeJobs } from "../services/messages/carry_out_purge.ts";
import { admittedMentions, mentionTargets } from "../services/messages/mentions.ts";
import { effectRows, namedRows } from "../services/messages/message_effects.ts";
import { movedMentions, movedRelations } from "../services/messages/message_row_kinds.ts";
import { coveredRows } from "../services/messages/redact_messages.ts";

/** What events of other servers do to others: the same rows as for those made here. */
export async function effectsOf(room: Room, change: RoomChange): Promise<TaggedRow[]> {
  const shown: TaggedRow[] = [];
  for (const known of change.shown) shown.push(...await shownRows(room, known));
  return [
    ...shown,
    // Pictures of guilds, of emoji and of people in a guild.
    ...change.events.flatMap(({ event, outcome, receivedTs }) =>
      outcome === "accepted" && isControlEvent(event) ? remoteUseRows(event, receivedTs) : []
    ),
    ...change.redactions.filter(isControlEvent).flatMap((event) => namedRows(asEffective(event))),
    ...change.coverings.flatMap((covering) => coveringRows(room, covering)),
    ...change.purges.map((purge) => purgeJobs.of({ roomId: room.id, eventId: purge.id })),
    ...movedRows(room, change),
  ];
}

async function shownRows(room: Room, known: Known): Promise<TaggedRow[]> {
  const { event, order, redactedBy } = known;
  if (!isTimelineEvent(event) || order === undefined) return [];
  const { pdu } = event;
  const effective = { ...asEffective(event), channelId: pdu.channel_id, order };
  // A redaction that is redacted itself stays applied; nothing else of such an event counts.
  if (redactedBy !== undefined) return namedRows(effective);
  const authority = await room.graph.authorityAfter(pdu.state_refs, { fullSetMax: Infinity });
  const mentions = authority === undefined || pdu.content["mentions"] === undefined
    ? []
    : mentionTargets(admittedMentions(authority, {
      content: pdu.content,
      sender: pdu.sender,
      channelId: pdu.channel_id,
      originTs: pdu.origin_ts,
    }));
  const had = (right: "MANAGE_THREADS" | "MANAGE_MESSAGES") =>
    authority !== undefined &&
    holds(authority.rights(pdu.sender, pdu.channel_id, pdu.origin_ts), right);
  return [
    ...effectRows({
      ...effective,
      mentions,
      managesThreads: pdu.type === threadKind.type && had("MANAGE_THREADS"),
      managesMessages: (pdu.type === pollEndKind.type || pdu.type === previewsOffKind.type) &&
        had("MANAGE_MESSAGES"),
    }),
    ...remoteUseRows(event, known.receivedTs),
  ];
}

function asEffective({ id, roomId, pdu }: Known["event"]) {
  return { roomId, eventId: id, sender: pdu.sender, type: pdu.type, content: pdu.content };
}

function coveringRows(room: Room, { target, by }: Covering): TaggedRow[] {
  const reason = by.pdu.content["reason"];
  return coveredRows({ release: endEventUses }, [target], {
    roomId: room.id,
    eventId: by.id,
    sender: by.pdu.sender,
    ...(typeof reason === "string" ? { reason } : {}),
  });
}

/** Relations and mentions stand where their event stands. */
function movedRows(room: Room, { changed }: RoomChange): TaggedRow[] {
  return changed.flatMap(({ event, order }) => {
    if (!isTimelineEvent(event) || order === undefined) return [];
    const moved = { roomId: room.id, eventId: event.id, order };
    return [movedRelations.of(moved), movedMentions.of(moved)];
  });
}
