import { getState as operation } from "../../core/api/federation/events.ts";
import type { HeldEvent } from "../../core/event/event.ts";
import { type EventId, parseEventId } from "../../core/ids/event_id.ts";
import { limits } from "../../core/limits.ts";
import { defineHandler } from "../ports.ts";
import { notHere } from "./not_here.ts";
import { openRoom } from "./open_room.ts";
import { fitting, pduPage } from "./pdu_page.ts";
import type { ReadableRoom } from "./ports.ts";
import { remember, type Remembered } from "../remember.ts";
import type { ReadDeps } from "./read_deps.ts";

/** Lists of ids kept between the pages of an answer; a list of 100,000 is about 6 MB. */
const LISTS_MAX = 8;
const EVENTS_PER_LOOK = 2000;

interface StateList {
  readonly state: readonly EventId[];
  /** The state and its auth chain, in an order that depends on the graph alone. */
  readonly all: readonly EventId[];
}

/** State after a control event of the room, with the auth chain it rests on. */
export function stateHandler({ rooms, keys }: ReadDeps) {
  const lists: Remembered<StateList | undefined> = new Map();
  return defineHandler({
    operation,
    async answer(asked, request) {
      const room = await openRoom(rooms, asked, request.room_id);
      const eventId = parseEventId(request.event_id);
      const list = eventId === undefined ? undefined : await remember(
        lists,
        { key: `${room.id} ${eventId}`, max: LISTS_MAX },
        () => listState(room, eventId),
      );
      const start = pageStart(request.from);
      if (list === undefined || start === undefined) throw notHere();
      const ids = list.all.slice(start, start + request.limit);
      const held = await room.events(ids);
      const found = ids.flatMap((id) => held.get(id)?.event ?? []);
      const events = fitting(found);
      const cut = found[events.length];
      const end = start + (cut === undefined ? ids.length : ids.indexOf(cut.id));
      return {
        ...await pduPage(events, keys),
        ...(start === 0 ? { state: [...list.state] } : {}),
        next: end < list.all.length ? String(end) : null,
      };
    },
  });
}

/** The state of a rejected or soft-failed event is told to nobody. */
async function listState(room: ReadableRoom, id: EventId): Promise<StateList | undefined> {
  const read = (await room.events([id])).get(id);
  if (read?.served !== true || "channel_id" in read.event.pdu) return undefined;
  const state = await room.stateAfter(id);
  if (state === undefined || state.length > limits.federation.maxStateIds) return undefined;
  const all = new Set<EventId>();
  const next = [...state];
  while (next.length > 0) {
    const ids = next.splice(0, EVENTS_PER_LOOK).filter((each) => !all.has(each));
    for (const each of ids) all.add(each);
    for (const { event } of (await room.events(ids)).values()) {
      next.push(...authOf(event).filter((each) => !all.has(each)));
    }
    if (all.size > limits.federation.maxStateIds) return undefined;
  }
  return { state, all: [...all] };
}

function authOf({ pdu }: HeldEvent): readonly EventId[] {
  return "auth_events" in pdu ? pdu.auth_events : [];
}

function pageStart(from: string | undefined): number | undefined {
  if (from === undefined) return 0;
  return /^[1-9]\d{0,5}$/.test(from) ? Number(from) : undefined;
}
