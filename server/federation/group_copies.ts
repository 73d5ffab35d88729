import type { z } from "zod";
import type { GroupCommit, Receipt, Wanted } from "../../core/api/e2ee_groups.ts";
import { syncGroup } from "../../core/api/federation/groups.ts";
import { fromBase64 } from "../../core/e2ee/bytes.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { MlsFault } from "../../core/mls/fault.ts";
import { readCommit } from "../../core/mls/readers.ts";
import type { Bus } from "../../core/ports/bus.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { type KeyRing, type Transport, TransportError } from "../../federation/ports.ts";
import type { Sql } from "../postgres/sql.ts";
import type { Room } from "../rooms/room.ts";
import type { Rooms } from "../rooms/rooms.ts";
import { sequencerOf } from "../services/e2ee/change_group.ts";
import {
  type CopiedGroup,
  copyFault,
  keepContradiction,
  writeCopy,
  writeWelcomes,
} from "../services/e2ee/group_copy.ts";
import { publishGroupNotice } from "../services/e2ee/group_notice.ts";
import { findGroup, type GroupRow, lockGroup, receiptOf } from "../services/e2ee/group_rows.ts";
import { hashReceipt } from "../services/e2ee/receipts.ts";
import { areSigned } from "./check_receipt.ts";
import { Until } from "./until.ts";

/** Pages of one look; the oldest changes beyond what is kept are left out. */
const PAGES_MAX = 100;
const COMMITS_MAX = 1000;
/** A sequencer that did not answer is not asked again for so long. */
const QUIET_MS = 10_000;
const QUIET_SERVERS_MAX = 10_000;
/** Rooms of which something new is known, waiting to be looked at. */
const WAITING_MAX = 5000;
const AT_ONCE = 4;
/** What could not be fetched is tried again after so long, as often as that. */
const RETRY_MS = 15_000;
const TRIES_MAX = 40;

export interface GroupCopyDeps {
  readonly sql: Sql;
  readonly rooms: Rooms;
  readonly bus: Bus;
  readonly clock: Clock;
  readonly log: Log;
  readonly self: ServerName;
  readonly transport: Pick<Transport, "call">;
  readonly keys: Pick<KeyRing, "obtain">;
  readonly verifier: SignatureVerifier;
}

type Answer = z.output<typeof syncGroup.answer>;

/** All pages of one look, put together. */
interface Pulled {
  readonly last: Answer;
  readonly commits: readonly GroupCommit[];
  readonly gone: boolean;
}

/**
 * Copies of groups that other servers order: fetched when their server says that something is new
 * and when somebody here wants to know, checked receipt by receipt, and kept, so that they can be
 * read while that server is away. PROTOCOL.md 12.
 */
export class GroupCopies {
  readonly #deps: GroupCopyDeps;
  readonly #pulling = new Map<RoomId, Promise<Wanted | undefined>>();
  readonly #quiet: Until<ServerName>;
  readonly #waiting = new Map<RoomId, number>();
  readonly #stopping = new AbortController();
  #working = 0;

  constructor(deps: GroupCopyDeps) {
    this.#deps = deps;
    this.#quiet = new Until(deps.clock, QUIET_SERVERS_MAX);
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** The sequencer says that there is a newer epoch. */
  async hear(
    said: { readonly server: ServerName; readonly roomId: RoomId; readonly epoch: number },
  ): Promise<void> {
    const room = await this.#deps.rooms.open(said.roomId);
    if (room === undefined || sequencerOf(room) !== said.server) return;
    // Who speaks is there.
    this.#quiet.end(said.server);
    const held = await findGroup(this.#deps.sql, said.roomId);
    if (held !== undefined && held.epoch >= said.epoch) return;
    this.#queue(said.roomId, 0);
  }

  #queue(roomId: RoomId, tries: number): void {
    if (this.#waiting.size >= WAITING_MAX && !this.#waiting.has(roomId)) return;
    this.#waiting.set(roomId, tries);
    if (this.#working < AT_ONCE) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working++;
    try {
      for (;;) {
        const [next] = this.#waiting;
        if (next === undefined || this.#stopping.signal.aborted) return;
        const [roomId, tries] = next;
        this.#waiting.delete(roomId);
        const room = await this.#deps.rooms.open(roomId);
        if (room === undefined || await this.sync(room) !== undefined) continue;
        if (tries < TRIES_MAX) this.#later(roomId, tries + 1);
      }
    } catch (error) {
      this.#deps.log.log("warn", "Copies of groups could not be looked after.", { error });
    } finally {
      this.#working--;
    }
  }

  #later(roomId: RoomId, tries: number): void {
    void this.#deps.clock.sleep(RETRY_MS, this.#stopping.signal)
      .then(() => this.#queue(roomId, tries), () => undefined);
  }

  /** As `GroupsElsewhere.sync`; who asks while it is under way gets the same answer. */
  sync(room: Room): Promise<Wanted | undefined> {
    const known = this.#pulling.get(room.id);
    if (known !== undefined) return known;
    const pulling = this.#pull(room).finally(() => this.#pulling.delete(room.id));
    this.#pulling.set(room.id, pulling);
    return pulling;
  }

  async #pull(room: Room): Promise<Wanted | undefined> {
    const sequencer = sequencerOf(room);
    const { log } = this.#deps;
    if (this.#quiet.holds(sequencer)) return undefined;
    try {
      let stored: string[] = [];
      for (let look = 0; look < PAGES_MAX; look++) {
        const held = await findGroup(this.#deps.sql, room.id);
        const pulled = await this.#pages(room, held?.epoch ?? -1, stored);
        if (!await this.#take(room, held, pulled)) return undefined;
        stored = pulled.last.welcomes.map(({ id }) => id);
        if (stored.length === 0) return pulled.last.wanted;
      }
      return undefined;
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      log.log("info", "A server did not say how a group is that it orders.", {
        server: sequencer,
        room: room.id,
        error,
      });
      // Its own "no" is about this room alone.
      if (error.kind !== "refused") this.#quiet.set(sequencer, QUIET_MS);
      return undefined;
    }
  }

  async #pages(room: Room, epoch: number, stored: readonly string[]): Promise<Pulled> {
    const sequencer = sequencerOf(room);
    const commits: GroupCommit[] = [];
    let gone = false;
    for (let page = 0; page < PAGES_MAX; page++) {
      const last = await this.#deps.transport.call(sequencer, syncGroup, {
        room_id: room.id,
        epoch: (commits.at(-1)?.epoch ?? epoch - 1) + 1,
        stored: page === 0 ? [...stored] : [],
      }, { signal: this.#stopping.signal });
      gone ||= last.gone;
      commits.push(...last.commits);
      if (commits.length > COMMITS_MAX) {
        commits.splice(0, commits.length - COMMITS_MAX);
        gone = true;
      }
      if (!last.has_more) return { last, commits, gone };
    }
    throw new TransportError("bad_answer", `${sequencer} never came to the end of a group.`);
  }

  /** False where what is said is not taken. */
  async #take(room: Room, held: GroupRow | undefined, pulled: Pulled): Promise<boolean> {
    const { last, commits, gone } = pulled;
    const { group } = last;
    if (group === null) return held === undefined;
    const groupInfo = group.group_info === null ? undefined : fromBase64(group.group_info);
    const sequencer = sequencerOf(room);
    if (groupInfo === undefined) return this.#refuse(room, "no_group_info");
    const copy: CopiedGroup = {
      roomId: room.id,
      sequencer,
      groupId: group.group_id,
      term: group.term,
      epoch: group.epoch,
      groupInfo,
      receipt: group.receipt,
      commits,
    };
    const fault = this.#faultOf(held, copy, gone);
    if (fault === "broken_chain" && held !== undefined) await this.#lookForLie(room, held);
    if (fault !== undefined) return this.#refuse(room, fault);
    const receipts = [...commits.map(({ receipt }) => receipt), group.receipt];
    if (!await areSigned(receipts, sequencer, this.#deps)) return this.#refuse(room, "signature");
    await this.#store(copy, last.welcomes);
    return true;
  }

  #faultOf(held: GroupRow | undefined, copy: CopiedGroup, gone: boolean): string | undefined {
    try {
      // Two processes may look at once: what is held already follows from itself.
      const isHeld = held !== undefined && held.epoch === copy.epoch &&
        held.receipt_hash === hashReceipt(copy.receipt);
      return isHeld ? undefined : copyFault(held, copy, gone);
    } catch (error) {
      if (error instanceof MlsFault) return "malformed";
      throw error;
    }
  }

  #refuse(room: Room, fault: string): false {
    this.#deps.log.log("warn", "What a server says of a group that it orders is not taken.", {
      server: sequencerOf(room),
      room: room.id,
      fault,
    });
    return false;
  }

  async #store(copy: CopiedGroup, welcomes: Answer["welcomes"]): Promise<void> {
    const { sql, clock, bus, self } = this.#deps;
    const nowMs = clock.now();
    const { roomId, groupId, epoch } = copy;
    const own = welcomes.filter(({ user }) => serverOf(user as UserId) === self)
      .map(({ id, user, device, epoch, welcome }) => ({
        id,
        user: user as UserId,
        device,
        epoch,
        bytes: fromBase64(welcome) ?? new Uint8Array(),
      }));
    const { moved, userIds } = await sql.begin(async (tx) => {
      await lockGroup(tx, roomId);
      const now = await findGroup(tx, roomId);
      const moved = now === undefined || now.term < copy.term ||
        (now.term === copy.term && now.epoch < epoch);
      if (moved) await writeCopy(tx, copy, { removed: hasRemoved(copy), nowMs });
      return { moved, userIds: await writeWelcomes(tx, own, { roomId, groupId, nowMs }) };
    });
    if (moved) publishGroupNotice(bus, { kind: "epoch", roomId, epoch });
    if (userIds.length > 0) publishGroupNotice(bus, { kind: "welcome", roomId, userIds });
  }

  /** What is held does not lead to what is said: is there another receipt of the same epoch? */
  async #lookForLie(room: Room, held: GroupRow): Promise<void> {
    const first = receiptOf(held);
    const answer = await this.#deps.transport.call(sequencerOf(room), syncGroup, {
      room_id: room.id,
      epoch: first.base_epoch,
    });
    const second = answer.commits.find(({ epoch }) => epoch === first.base_epoch)?.receipt;
    if (second !== undefined) await this.#keepLie(room, first, second);
  }

  async #keepLie(room: Room, first: Receipt, second: Receipt): Promise<void> {
    const { sql, clock, log } = this.#deps;
    const sequencer = sequencerOf(room);
    if (second.base_epoch !== first.base_epoch || second.group !== first.group) return;
    if (second.term !== first.term || hashReceipt(first) === hashReceipt(second)) return;
    if (!await areSigned([second], sequencer, this.#deps)) return;
    const receipts = [first, second] as const;
    if (!await keepContradiction(sql, { sequencer, receipts, nowMs: clock.now() })) return;
    log.log("error", "A server gave two receipts for one epoch of a group.", {
      server: sequencer,
      room: room.id,
      epoch: first.base_epoch,
    });
  }
}

/** The change that began the present epoch took somebody out: the one before is over at once. */
function hasRemoved({ commits, epoch }: CopiedGroup): boolean {
  const last = commits.at(-1);
  if (last === undefined || last.epoch !== epoch - 1 || last.epoch < 0) return false;
  const facts = readCommit(fromBase64(last.commit) ?? new Uint8Array());
  return !facts.external && facts.removes.length > 0;
}
