import { z } from "zod";
import { limits } from "../../limits.ts";
import { defineFederationOperation } from "./operation.ts";
import {
  ChannelIdText,
  EventIdList,
  EventIdText,
  PduPage,
  PduValue,
  RoomIdText,
} from "./shapes.ts";

const PAGE_BYTES = 16 * 1024 * 1024;

const Limit = z.coerce.number().int().min(1).max(limits.federation.maxPdusPerAnswer);

/** Events by id. What may not be seen is left out, exactly like what is not held. */
export const getEvents = defineFederationOperation({
  id: "getEvents",
  method: "POST",
  path: "/_federation/events",
  summary: "Events of a room by id",
  request: z.object({ room_id: RoomIdText, event_ids: EventIdList }),
  answer: PduPage,
  maxAnswerBytes: PAGE_BYTES,
  timeoutMs: 30_000,
});

/** History of a channel, walking backwards from events, newest first. */
export const backfill = defineFederationOperation({
  id: "backfill",
  method: "GET",
  path: "/_federation/backfill",
  summary: "Timeline events of a channel before the named ones",
  request: z.object({
    room_id: RoomIdText,
    channel_id: ChannelIdText,
    /** Absent: from the channel's ends. The named events themselves are part of the answer. */
    from: EventIdList.optional(),
    limit: Limit,
  }),
  answer: PduPage,
  maxAnswerBytes: PAGE_BYTES,
  timeoutMs: 30_000,
});

/** What lies between: ancestors of `latest` that are not `earliest` or ancestors of these. */
export const missingEvents = defineFederationOperation({
  id: "missingEvents",
  method: "POST",
  path: "/_federation/missing_events",
  summary: "Events between known ones and new ones, oldest first",
  request: z.object({
    room_id: RoomIdText,
    /** Absent: of the control graph. */
    channel_id: ChannelIdText.optional(),
    earliest: EventIdList,
    latest: EventIdList,
    limit: Limit,
  }),
  answer: PduPage,
  maxAnswerBytes: PAGE_BYTES,
  timeoutMs: 30_000,
});

/** State after a control event of the room, and what it rests on. Checked, never trusted. */
export const getState = defineFederationOperation({
  id: "getState",
  method: "GET",
  path: "/_federation/state",
  summary: "State of a room after one of its control events",
  request: z.object({
    room_id: RoomIdText,
    event_id: EventIdText,
    /** Where the former page ended. */
    from: z.string().max(128).optional(),
    limit: Limit,
  }),
  answer: PduPage.extend({
    /** Ids of the whole state, on the first page alone. */
    state: z.array(EventIdText).max(limits.federation.maxStateIds).optional(),
    /** The next page, while there is one. `pdus` of all pages: state and its auth chain. */
    next: z.string().max(128).nullable(),
  }),
  maxAnswerBytes: PAGE_BYTES,
  timeoutMs: 30_000,
});

/** The whole control graph, parents before children: what a server that joins verifies. */
export const getControl = defineFederationOperation({
  id: "getControl",
  method: "GET",
  path: "/_federation/control",
  summary: "The control graph of a room, page by page, parents first",
  request: z.object({
    room_id: RoomIdText,
    from: z.string().max(128).optional(),
    limit: Limit,
  }),
  answer: PduPage.extend({
    next: z.string().max(128).nullable(),
    /** Control events in all, for a progress bar; it may grow meanwhile. */
    total: z.number().int(),
  }),
  maxAnswerBytes: PAGE_BYTES,
  timeoutMs: 30_000,
});

/** The ends of a room's graphs as the other sees them: to compare, and to catch up. */
export const getHeads = defineFederationOperation({
  id: "getHeads",
  method: "GET",
  path: "/_federation/heads",
  summary: "Ends of the control graph and of the channels that the asker may read",
  request: z.object({ room_id: RoomIdText }),
  answer: z.object({
    control: z.array(EventIdText).max(limits.federation.maxHeadsPerGraph),
    /** BLAKE3 of the sorted event ids of the resolved state, base58. */
    state_hash: z.string().max(64),
    channels: z.record(
      ChannelIdText,
      z.array(EventIdText).max(limits.federation.maxHeadsPerGraph),
    ),
  }),
  maxAnswerBytes: 4 * 1024 * 1024,
  timeoutMs: 15_000,
});

/** What a room's create event is: enough to show an invite. */
export const StrippedState = z.array(PduValue).max(limits.federation.maxStrippedState);
