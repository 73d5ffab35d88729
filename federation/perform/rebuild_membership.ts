import type { MembershipPlace } from "../../core/api/federation/membership.ts";
import { authTypes } from "../../core/auth/auth_types.ts";
import { authoriseControl } from "../../core/auth/authorise.ts";
import { buildControlEvent, DraftError } from "../../core/event/build.ts";
import { type ControlEvent, isControlEvent } from "../../core/event/event.ts";
import type { Blake3 } from "../../core/event/hash.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import type { EventSigner } from "../../core/event/sign.ts";
import { type EventId, parseEventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { parseUserId, serverOf, type UserId } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import { Authority } from "../../core/permissions/authority.ts";
import type { Rng } from "../../core/ports/rng.ts";
import { roomFacts } from "../../core/rules/room_facts.ts";
import { isGenuineSuccessor, type Succession } from "../../core/rules/succession.ts";
import { stateKeyOf, StateMap } from "../../core/state/state_map.ts";

/** What one of our users wants, in a room that this server is not in. */
export interface MembershipWish {
  readonly roomId: RoomId;
  readonly user: UserId;
  readonly membership: "join" | "leave" | "knock";
  /** The one membership event that this answers: where another stands now, nothing is sent. */
  readonly answers?: EventId;
  /** The room must go on from this one, or nothing is signed. */
  readonly successorOf?: Succession;
}

/** What the wish answers has been replaced meanwhile: it means nothing any more. */
export class OutdatedWishError extends Error {
  override readonly name = "OutdatedWishError";
}

/** The helper's answer gives no place in which the wish could stand: nothing was signed. */
export class BadPlaceError extends Error {
  override readonly name = "BadPlaceError";
}

export interface RebuildOptions {
  /** Who gave the place; only its own users may vouch there. */
  readonly helper: ServerName;
  readonly nowMs: number;
  readonly signer: EventSigner;
  readonly rng: Rng;
  readonly blake3?: Blake3;
}

/**
 * Builds and signs our own membership event from our own wish. Of the helper's answer only
 * places are used: parents, and authority events whose ids are computed here and whose rules
 * must allow the event. No field that is signed is ever copied unseen. PROTOCOL.md 9.
 * @throws BadPlaceError, OutdatedWishError before anything is signed
 */
export async function rebuildMembership(
  wish: MembershipWish,
  place: MembershipPlace,
  options: RebuildOptions,
): Promise<ControlEvent> {
  if (place.room_id !== wish.roomId) throw bad(`it is about ${place.room_id}`);
  const create = readControl(place.create, wish.roomId);
  const facts = create.pdu.type === "m.room.create" ? roomFacts(create) : undefined;
  if (facts === undefined) throw bad("its create event is none");
  if (wish.successorOf !== undefined && !isGenuineSuccessor(create, wish.successorOf)) {
    throw bad(`it does not go on from ${wish.successorOf.roomId}`);
  }
  const draft = {
    type: "m.room.member",
    sender: wish.user,
    state_key: wish.user,
    origin_ts: options.nowMs,
    content: contentOf(wish, place, options.helper),
    prev_events: parentsOf(place),
  };
  const cited = citedBy(draft, place, wish.roomId);
  if (wish.answers !== undefined && !cited.some(({ id }) => id === wish.answers)) {
    throw new OutdatedWishError(`${wish.answers} is no longer the membership of ${wish.user}.`);
  }
  const authority = new Authority(StateMap.from([create, ...cited]), facts);
  const verdict = authoriseControl(draft, authority);
  if (!verdict.ok) throw bad(verdict.reason);
  try {
    return await buildControlEvent({
      type: draft.type,
      sender: draft.sender,
      stateKey: draft.state_key,
      roomId: wish.roomId,
      originTs: draft.origin_ts,
      content: draft.content,
      prevEvents: draft.prev_events,
      authEvents: cited.map((event) => event.id),
    }, options);
  } catch (error) {
    if (error instanceof DraftError) throw bad(error.message);
    throw error;
  }
}

function contentOf(wish: MembershipWish, place: MembershipPlace, helper: ServerName): JsonObject {
  const { authorised_via: named } = place;
  if (named === undefined || wish.membership !== "join") return { membership: wish.membership };
  const via = parseUserId(named);
  if (via === undefined || serverOf(via) !== helper) throw bad(`${named} cannot vouch for it`);
  return { membership: "join", authorised_via: via };
}

function parentsOf(place: MembershipPlace): EventId[] {
  const parents = place.prev_events.map(parseEventId);
  const known = parents.filter((id) => id !== undefined);
  const fits = known.length === parents.length && known.length >= 1 &&
    known.length <= limits.event.maxPrevEvents;
  if (!fits) throw bad("its parents are no events");
  return known;
}

/** The given events, each at one of the addresses on which our event's authority rests. */
function citedBy(
  draft: Parameters<typeof authTypes>[0],
  place: MembershipPlace,
  roomId: RoomId,
): ControlEvent[] {
  const wanted = new Set(authTypes(draft).map(([type, key]) => stateKeyOf(type, key)));
  return place.auth_events.map((value) => {
    const event = readControl(value, roomId);
    const { type, state_key: key } = event.pdu;
    if (key === undefined || !wanted.delete(stateKeyOf(type, key))) {
      throw bad(`no rule of it rests on ${event.id} (${type})`);
    }
    return event;
  });
}

function readControl(value: JsonValue, roomId: RoomId): ControlEvent {
  const parsed = parsePduValue(value, { roomId });
  if (parsed.kind === "drop") throw bad(parsed.message);
  if (!isControlEvent(parsed.event)) throw bad(`${parsed.event.id} is no control event`);
  return parsed.event;
}

function bad(why: string): BadPlaceError {
  return new BadPlaceError(`Cannot use the place that was offered: ${why}`);
}
