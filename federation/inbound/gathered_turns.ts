import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { Incoming, Outcome } from "./incoming.ts";
import type { InboundRoom } from "./ports.ts";

/** Events of one room that are judged and stored together. */
const EVENTS_PER_TURN = 500;

/** What became of the events of one turn. */
export interface TurnEnd {
  readonly outcomes: readonly Outcome[];
  /** Those that are stored now and that something may wait for. */
  readonly awaited: readonly EventId[];
}

/** Judges events one after another, alone in the room, and stores what follows in one piece. */
type TakeTurn = (room: InboundRoom, list: readonly Incoming[]) => Promise<TurnEnd>;

/** Events that wait for one turn, whoever brought them. */
interface Gathering {
  readonly list: Incoming[];
  readonly ended: Promise<TurnEnd>;
}

/**
 * Events on their way into rooms. The next turn of a room takes in all that has come until it
 * begins: a turn of many events costs little more than one of few.
 */
export class GatheredTurns {
  readonly #take: TakeTurn;
  /** The turns that have not begun, which others may still join. */
  readonly #open = new Map<RoomId, Gathering>();

  constructor(take: TakeTurn) {
    this.#take = take;
  }

  /**
   * One turn's worth has its place, behind all that was added before, when this returns its
   * promise; what is more lets others of the room have their turns in between.
   */
  async add(room: InboundRoom, list: readonly Incoming[]): Promise<TurnEnd> {
    const ends: TurnEnd[] = [];
    for (let at = 0; at < list.length; at += EVENTS_PER_TURN) {
      ends.push(await this.#addPiece(room, list.slice(at, at + EVENTS_PER_TURN)));
    }
    return joinEnds(ends);
  }

  async #addPiece(room: InboundRoom, piece: readonly Incoming[]): Promise<TurnEnd> {
    const open = this.#open.get(room.id);
    const fits = open !== undefined && open.list.length + piece.length <= EVENTS_PER_TURN;
    const gathering = fits ? open : this.#begin(room);
    const from = gathering.list.length;
    gathering.list.push(...piece);
    const { outcomes, awaited } = await gathering.ended;
    const own = new Set(piece.map(({ event }) => event.id));
    return {
      outcomes: outcomes.slice(from, from + piece.length),
      awaited: awaited.filter((id) => own.has(id)),
    };
  }

  #begin(room: InboundRoom): Gathering {
    const list: Incoming[] = [];
    const ended = room.inTurn(() => {
      if (this.#open.get(room.id) === gathering) this.#open.delete(room.id);
      return this.#take(room, list);
    });
    const gathering = { list, ended };
    this.#open.set(room.id, gathering);
    return gathering;
  }
}

export function joinEnds(ends: readonly TurnEnd[]): TurnEnd {
  return {
    outcomes: ends.flatMap(({ outcomes }) => outcomes),
    awaited: ends.flatMap(({ awaited }) => awaited),
  };
}
