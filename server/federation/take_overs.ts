import type { z } from "zod";
import { GROUP_LIMITS } from "../../core/api/e2ee_groups.ts";
import { askSequencer } from "../../core/api/federation/groups.ts";
import { goesBefore } from "../../core/e2ee/receipt_chain.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { type Transport, TransportError } from "../../federation/ports.ts";
import type { Sql } from "../postgres/sql.ts";
import type { Room } from "../rooms/room.ts";
import { findGroup, findTakeOvers, type GroupRow, receiptOf } from "../services/e2ee/group_rows.ts";
import { firstSequencerOf } from "../services/e2ee/sequencer.ts";
import type { GroupCopies } from "./group_copies.ts";
import { Until } from "./until.ts";

/**
 * So long the server that orders a group has not answered before the first successor takes over;
 * each further one waits as long again.
 */
export const AWAY_MS = 24 * 3_600_000;
/** So often it was asked in that time at the least. */
const TRIES_MIN = 3;
/** After so long a successor needs nobody's word: the others may be gone as well. */
export const ALONE_MS = 7 * AWAY_MS;
/** Other members' servers whose word is asked. */
const OTHERS_MAX = 20;
/** A decision stands for so long; one against it is looked at again after that. */
const DECIDED_MS = 30_000;
/** A server that orders a group asks its successors whether it still does, after so long. */
const CONFIRM_MS = 6 * 3_600_000;
/** The same where not all answered, and how long it waits for those that do not. */
const UNCONFIRMED_MS = 600_000;
const CONFIRM_WAIT_MS = 3000;
const ROOMS_MAX = 50_000;

type Word = z.output<typeof askSequencer.answer>;

export interface TakeOverDeps {
  readonly sql: Sql;
  readonly clock: Clock;
  readonly log: Log;
  readonly self: ServerName;
  readonly transport: Pick<Transport, "call">;
  readonly copies: GroupCopies;
}

/**
 * Who orders a group: whether the server that does is gone, and whether a successor took over while
 * this one was away. PROTOCOL.md 13 (successors).
 */
export class TakeOvers {
  readonly #deps: TakeOverDeps;
  /** By room and term: a decision is about one server. */
  readonly #decided: Until<string>;
  readonly #declined: Until<string>;
  readonly #confirmed: Until<RoomId>;
  readonly #looking = new Map<RoomId, Promise<boolean>>();
  readonly #stopping = new AbortController();

  constructor(deps: TakeOverDeps) {
    this.#deps = deps;
    this.#decided = new Until(deps.clock, ROOMS_MAX);
    this.#declined = new Until(deps.clock, ROOMS_MAX);
    this.#confirmed = new Until(deps.clock, ROOMS_MAX);
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** As `GroupsElsewhere.ordersHere`. */
  async ordersHere(room: Room): Promise<boolean> {
    const { sql, self } = this.#deps;
    const held = await findGroup(sql, room.id);
    if (held === undefined) return firstSequencerOf(room) === self;
    const known = this.#looking.get(room.id);
    if (known !== undefined) return await known;
    const looking = (held.sequencer === self ? this.#confirm(room, held) : this.#isTurn(room, held))
      .finally(() => this.#looking.delete(room.id));
    this.#looking.set(room.id, looking);
    return await looking;
  }

  /** What this server can say of a room's group and of the server that orders it. */
  async tell(room: Room, look: boolean): Promise<Word> {
    const { sql, self, copies } = this.#deps;
    const found = await findGroup(sql, room.id);
    if (found === undefined) return { held: null, reached: null };
    const isHere = found.sequencer === self;
    const reached = look ? isHere || await copies.reaches(room) : null;
    const { sequencer, term, epoch } = await findGroup(sql, room.id) ?? found;
    return { held: { sequencer, term, epoch }, reached };
  }

  /** This server orders the group: unless one that it named took over while it was away. */
  async #confirm(room: Room, held: GroupRow): Promise<boolean> {
    const { sql, self, clock } = this.#deps;
    const successors = (receiptOf(held).successors ?? []) as ServerName[];
    if (successors.length === 0 || this.#confirmed.holds(room.id)) return true;
    this.#confirmed.set(room.id, UNCONFIRMED_MS);
    const enough = new AbortController();
    const signal = AbortSignal.any([enough.signal, this.#stopping.signal]);
    const slept = clock.sleep(CONFIRM_WAIT_MS, signal).catch(() => undefined);
    const asked = this.#ask(room, successors, false).then(async (words) => {
      await this.#catchUp(room, held, words);
      if (words.size === successors.length) this.#confirmed.set(room.id, CONFIRM_MS);
    });
    asked.catch((error) =>
      this.#deps.log.log("warn", "Successors of a group could not be asked.", { error })
    );
    await Promise.race([asked, slept]).finally(() => enough.abort());
    return (await findGroup(sql, room.id))?.sequencer === self;
  }

  /** Another one orders the group: is it gone, and is it this server's turn? */
  async #isTurn(room: Room, held: GroupRow): Promise<boolean> {
    const hasLeft = !room.authority.joinedServers().has(held.sequencer);
    if (hasLeft ? !this.#isFirstLeft(room, held) : this.#placeNow(held) === undefined) return false;
    const key = `${room.id} ${held.term} ${held.sequencer}`;
    if (this.#decided.holds(key)) return true;
    if (this.#declined.holds(key)) return false;
    const may = hasLeft ? await this.#isLeftTo(room, held) : await this.#isGone(room, held);
    (may ? this.#decided : this.#declined).set(key, DECIDED_MS);
    if (may) {
      this.#deps.log.log("warn", "The server that orders a group is gone: this one takes over.", {
        server: held.sequencer,
        room: room.id,
        away_ms: this.#awayMs(held),
      });
    }
    return may;
  }

  /** Of the successors that still have somebody in the room the first. */
  #isFirstLeft(room: Room, held: GroupRow): boolean {
    const present = room.authority.joinedServers();
    const first = (receiptOf(held).successors ?? []).find((each) =>
      present.has(each as ServerName)
    );
    return first === this.#deps.self;
  }

  /**
   * Nobody of the server that orders the group is in the room any more: it is told of nobody who
   * comes or goes. The first successor goes on at once, from what that one and the others hold.
   */
  async #isLeftTo(room: Room, held: GroupRow): Promise<boolean> {
    const { sql, self, copies } = this.#deps;
    if ((await findTakeOvers(sql, held.group_id)).length >= GROUP_LIMITS.takeovers) return false;
    await copies.pullFrom(room, held.sequencer);
    const others = [...room.authority.joinedServers()].filter((server) => server !== self)
      .sort().slice(0, OTHERS_MAX);
    await this.#catchUp(room, held, await this.#ask(room, others, false));
    const now = await findGroup(sql, room.id);
    return now?.sequencer === held.sequencer && now.term === held.term &&
      this.#isFirstLeft(room, now);
  }

  #awayMs({ away_since_ts: since }: GroupRow): number {
    return since === null ? 0 : this.#deps.clock.now() - since;
  }

  /** This server's place in the line, once its time has come. */
  #placeNow(held: GroupRow): number | undefined {
    const place = (receiptOf(held).successors ?? []).indexOf(this.#deps.self);
    const isTime = held.away_tries >= TRIES_MIN && this.#awayMs(held) >= AWAY_MS * (place + 1);
    return place >= 0 && isTime ? place : undefined;
  }

  async #isGone(room: Room, held: GroupRow): Promise<boolean> {
    const { sql, self, copies } = this.#deps;
    if ((await findTakeOvers(sql, held.group_id)).length >= GROUP_LIMITS.takeovers) return false;
    if (await copies.reaches(room)) return false;
    const others = [...room.authority.joinedServers()]
      .filter((server) => server !== self && server !== held.sequencer)
      .sort().slice(0, OTHERS_MAX);
    const words = await this.#ask(room, others, true);
    // Nothing that another one was told in time may be lost.
    await this.#catchUp(room, held, words);
    const now = await findGroup(sql, room.id);
    if (now === undefined || now.sequencer !== held.sequencer || now.term !== held.term) {
      return false;
    }
    if (this.#placeNow(now) === undefined) return false;
    const said = [...words.values()];
    if (said.some(({ reached }) => reached === true)) return false;
    const agreeing = 1 + said.filter(({ reached }) => reached === false).length;
    return agreeing * 2 > 1 + others.length || this.#awayMs(now) >= ALONE_MS;
  }

  /** Whoever answers; others are left out. */
  async #ask(
    room: Room,
    servers: readonly ServerName[],
    look: boolean,
  ): Promise<ReadonlyMap<ServerName, Word>> {
    const { transport } = this.#deps;
    const words = new Map<ServerName, Word>();
    await Promise.all(servers.map(async (server) => {
      try {
        const request = { room_id: room.id, look };
        const { signal } = this.#stopping;
        words.set(server, await transport.call(server, askSequencer, request, { signal }));
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
      }
    }));
    return words;
  }

  /** Takes over what others hold that goes before what is held here. */
  async #catchUp(
    room: Room,
    held: GroupRow,
    words: ReadonlyMap<ServerName, Word>,
  ): Promise<void> {
    for (const [server, { held: theirs }] of words) {
      if (theirs === null || goesBefore(held, theirs)) continue;
      if (goesBefore(theirs, held) || theirs.epoch > held.epoch) {
        await this.#deps.copies.pullFrom(room, server);
      }
    }
  }
}
