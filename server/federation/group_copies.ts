import type { z } from "zod";
import {
  GROUP_LIMITS,
  type GroupCommit,
  type Receipt,
  type Wanted,
} from "../../core/api/e2ee_groups.ts";
import { syncGroup } from "../../core/api/federation/groups.ts";
import { fromBase64 } from "../../core/e2ee/bytes.ts";
import {
  goesBefore,
  hashReceipt,
  presentOrder,
  readOrders,
  signerOf,
} from "../../core/e2ee/receipt_chain.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { MlsFault } from "../../core/mls/fault.ts";
import type { Bus } from "../../core/ports/bus.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";
import { type KeyRing, type Transport, TransportError } from "../../federation/ports.ts";
import type { Sql, Tx } from "../postgres/sql.ts";
import type { Room } from "../rooms/room.ts";
import type { Rooms } from "../rooms/rooms.ts";
import {
  type CopiedGroup,
  copyFault,
  findRival,
  keepContradiction,
  writeCopy,
  writeWelcomes,
} from "../services/e2ee/group_copy.ts";
import { publishGroupNotice } from "../services/e2ee/group_notice.ts";
import { findGroup, type GroupRow, lockGroup, receiptOf } from "../services/e2ee/group_rows.ts";
import { leafRow } from "../services/e2ee/judge_commit.ts";
import { deviceKey, findRegistered } from "../services/e2ee/registered_devices.ts";
import { firstSequencerOf, sequencerOf } from "../services/e2ee/sequencer.ts";
import { noteAway, noteHeard } from "../services/e2ee/absence.ts";
import { areSigned } from "./check_receipt.ts";
import type { RemoteDevices } from "./remote_devices.ts";
import { Until } from "./until.ts";
import { mlsReaders } from "../services/e2ee/mls_parts.ts";

/** Pages of one look; the oldest changes beyond what is kept are left out. */
const PAGES_MAX = 100;
const COMMITS_MAX = 1000;
/** A sequencer that did not answer is not asked again for so long. */
const QUIET_MS = 10_000;
const QUIET_SERVERS_MAX = 10_000;
/** Rooms of which something new is known, waiting to be looked at. */
const WAITING_MAX = 5000;
const AT_ONCE = 4;
/** A group that went on to another server meanwhile is asked for again so often. */
const TURNS_MAX = 3;
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
  readonly devices: Pick<RemoteDevices, "outdate" | "refresh">;
  readonly verifier: SignatureVerifier;
}

type Answer = z.output<typeof syncGroup.answer>;

/** What a server says of a group beside its changes. */
interface Said {
  readonly wanted: Wanted;
  /** It orders the group, or will with the next change that it is handed. */
  readonly orders: boolean;
}

/** A word about a group that is to be looked after. */
interface Waiting {
  readonly tries: number;
  /** Who said it. */
  readonly from: ServerName;
}

/** A word about a group: where a server says that it is. */
export interface HeardGroup {
  readonly server: ServerName;
  readonly roomId: RoomId;
  readonly term: number;
  readonly epoch: number;
}

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
  readonly #syncing = new Map<RoomId, Promise<Wanted | undefined>>();
  readonly #pulling = new Map<string, Promise<Said | undefined>>();
  readonly #quiet: Until<ServerName>;
  readonly #waiting = new Map<RoomId, Waiting>();
  readonly #stopping = new AbortController();
  #working = 0;

  constructor(deps: GroupCopyDeps) {
    this.#deps = deps;
    this.#quiet = new Until(deps.clock, QUIET_SERVERS_MAX);
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** A server of a member says that there is a newer epoch, or that it took over. */
  async hear({ server, roomId, term, epoch }: HeardGroup): Promise<void> {
    const room = await this.#deps.rooms.open(roomId);
    if (room === undefined) return;
    // Who speaks is there.
    this.#quiet.end(server);
    const held = await findGroup(this.#deps.sql, roomId);
    if (held === undefined) return this.#queue(roomId, { tries: 0, from: server });
    if (server === held.sequencer) await noteHeard(this.#deps.sql, roomId);
    const isNewer = goesBefore({ sequencer: server, term }, held) ||
      (server === held.sequencer && term === held.term && epoch > held.epoch);
    if (isNewer) this.#queue(roomId, { tries: 0, from: server });
  }

  #queue(roomId: RoomId, waiting: Waiting): void {
    if (this.#waiting.size >= WAITING_MAX && !this.#waiting.has(roomId)) return;
    this.#waiting.set(roomId, waiting);
    if (this.#working < AT_ONCE) void this.#work();
  }

  async #work(): Promise<void> {
    this.#working++;
    try {
      for (;;) {
        const [next] = this.#waiting;
        if (next === undefined || this.#stopping.signal.aborted) return;
        const [roomId, { tries, from }] = next;
        this.#waiting.delete(roomId);
        const room = await this.#deps.rooms.open(roomId);
        if (room === undefined) continue;
        const said = await this.pullFrom(room, from);
        if (said?.orders === true || await this.sync(room) !== undefined) continue;
        if (tries < TRIES_MAX) this.#later(roomId, { tries: tries + 1, from });
      }
    } catch (error) {
      this.#deps.log.log("warn", "Copies of groups could not be looked after.", { error });
    } finally {
      this.#working--;
    }
  }

  #later(roomId: RoomId, waiting: Waiting): void {
    void this.#deps.clock.sleep(RETRY_MS, this.#stopping.signal)
      .then(() => this.#queue(roomId, waiting), () => undefined);
  }

  /** As `GroupsElsewhere.sync`; who asks while it is under way gets the same answer. */
  sync(room: Room): Promise<Wanted | undefined> {
    const known = this.#syncing.get(room.id);
    if (known !== undefined) return known;
    const syncing = this.#sync(room).finally(() => this.#syncing.delete(room.id));
    this.#syncing.set(room.id, syncing);
    return syncing;
  }

  /** Of the server that orders the group; where that is away, of who is next in the line. */
  async #sync(room: Room): Promise<Wanted | undefined> {
    const { sql, self } = this.#deps;
    for (let turn = 0; turn < TURNS_MAX; turn++) {
      const sequencer = await sequencerOf(sql, room);
      if (sequencer === self) return undefined;
      const said = await this.pullFrom(room, sequencer);
      if (said?.orders === true) return said.wanted;
      if (await sequencerOf(sql, room) !== sequencer) continue;
      // It is there, and what it says is not taken.
      if (said !== undefined) return undefined;
      return await this.#nextInLine(room);
    }
    return undefined;
  }

  async #nextInLine(room: Room): Promise<Wanted | undefined> {
    const { sql, self } = this.#deps;
    const held = await findGroup(sql, room.id);
    // Who holds nothing does not know the line: any server of a member may hold a copy.
    const line = held === undefined
      ? [...room.authority.joinedServers()].sort().filter((server) =>
        server !== self && server !== firstSequencerOf(room)
      ).slice(0, GROUP_LIMITS.successors)
      : lineBefore(self, receiptOf(held).successors ?? []);
    for (const server of line) {
      const said = await this.pullFrom(room, server);
      if (said?.orders === true) return said.wanted;
    }
    return undefined;
  }

  /** Whether the server that orders the group can be reached now; if so the copy is as new as it is. */
  async reaches(room: Room): Promise<boolean> {
    const sequencer = await sequencerOf(this.#deps.sql, room);
    return await this.pullFrom(room, sequencer) !== undefined;
  }

  /**
   * Makes the copy as new as one server of a member has it, whichever that is: what it says is
   * proven by receipts, or not taken. Undefined where it said nothing.
   */
  async pullFrom(room: Room, from: ServerName): Promise<Said | undefined> {
    const { log, sql, clock, self } = this.#deps;
    if (from === self || this.#quiet.holds(from)) return undefined;
    const key = `${room.id} ${from}`;
    const known = this.#pulling.get(key);
    if (known !== undefined) return await known;
    const pulling = this.#pull(room, from).catch(async (error) => {
      if (!(error instanceof TransportError)) throw error;
      log.log("info", "A server did not say how a group is.", {
        server: from,
        room: room.id,
        error,
      });
      await noteAway(sql, { roomId: room.id, server: from, nowMs: clock.now() });
      // Its own "no" is about this room alone.
      if (error.kind !== "refused") this.#quiet.set(from, QUIET_MS);
      return undefined;
    }).finally(() => this.#pulling.delete(key));
    this.#pulling.set(key, pulling);
    return await pulling;
  }

  async #pull(room: Room, from: ServerName): Promise<Said | undefined> {
    const { sql } = this.#deps;
    let stored: string[] = [];
    for (let look = 0; look < PAGES_MAX; look++) {
      const held = await findGroup(sql, room.id);
      const pulled = await this.#pages(room, { from, held, stored });
      if (held?.away_since_ts !== null && held?.sequencer === from) {
        await noteHeard(sql, room.id);
      }
      if (!await this.#take(room, { from, held, pulled })) {
        return { wanted: pulled.last.wanted, orders: false };
      }
      stored = pulled.last.welcomes.map(({ id }) => id);
      const { wanted, orders } = pulled.last;
      if (stored.length === 0) return { wanted, orders };
    }
    return undefined;
  }

  async #pages(
    room: Room,
    { from, held, stored }: {
      readonly from: ServerName;
      readonly held: GroupRow | undefined;
      readonly stored: readonly string[];
    },
  ): Promise<Pulled> {
    let start = held?.epoch ?? -1;
    const commits: GroupCommit[] = [];
    let gone = false;
    for (let page = 0; page < PAGES_MAX; page++) {
      const last = await this.#deps.transport.call(from, syncGroup, {
        room_id: room.id,
        epoch: (commits.at(-1)?.epoch ?? start - 1) + 1,
        stored: page === 0 ? [...stored] : [],
      }, { signal: this.#stopping.signal });
      const fork = page === 0 ? forkOf(room, held, last) : undefined;
      if (fork !== undefined && fork < start) {
        // What is held goes on where the other one went another way: read from there.
        start = fork;
        continue;
      }
      gone ||= last.gone;
      commits.push(...last.commits);
      if (commits.length > COMMITS_MAX) {
        commits.splice(0, commits.length - COMMITS_MAX);
        gone = true;
      }
      if (!last.has_more) return { last, commits, gone };
    }
    throw new TransportError("bad_answer", `${from} never came to the end of a group.`);
  }

  /** False where what is said is not taken. */
  async #take(
    room: Room,
    { from, held, pulled }: {
      readonly from: ServerName;
      readonly held: GroupRow | undefined;
      readonly pulled: Pulled;
    },
  ): Promise<boolean> {
    const { last, commits, gone } = pulled;
    const { group } = last;
    if (group === null) return held === undefined;
    const groupInfo = group.group_info === null ? undefined : fromBase64(group.group_info);
    if (groupInfo === undefined) return this.#refuse(room, from, "no_group_info");
    const first = firstSequencerOf(room);
    const orders = readOrders(first, group.receipt, last.takeovers);
    if (orders === undefined) return this.#refuse(room, from, "takeovers");
    const copy: CopiedGroup = {
      roomId: room.id,
      sequencer: presentOrder(orders).sequencer as ServerName,
      orders,
      takeovers: last.takeovers,
      groupId: group.group_id,
      term: group.term,
      epoch: group.epoch,
      groupInfo,
      receipt: group.receipt,
      commits,
    };
    // A copy may be older than what is held: there is nothing to take, and nothing wrong.
    const isSequencer = copy.sequencer === from;
    if (!isSequencer && held !== undefined && !isAhead(copy, held)) return true;
    const fault = await this.#faultOf(held, copy, gone);
    if (fault === "broken_chain" && held !== undefined) await this.#lookForLie(room, from, held);
    if (fault !== undefined) return this.#refuse(room, from, fault);
    const receipts = [...commits.map(({ receipt }) => receipt), group.receipt];
    const proofs = last.takeovers.flatMap(({ former, first }) => [former, first]);
    const signers = { first, ask: [from] };
    if (!await areSigned([...receipts, ...proofs], signers, this.#deps)) {
      return this.#refuse(room, from, "signature");
    }
    await this.#learnDevices(copy);
    await this.#store(copy, last.welcomes);
    return true;
  }

  async #faultOf(
    held: GroupRow | undefined,
    copy: CopiedGroup,
    gone: boolean,
  ): Promise<string | undefined> {
    try {
      // Two processes may look at once: what is held already follows from itself.
      const isHeld = held !== undefined && held.epoch === copy.epoch &&
        held.receipt_hash === hashReceipt(copy.receipt);
      return isHeld ? undefined : await copyFault(held, copy, gone);
    } catch (error) {
      if (error instanceof MlsFault) return "malformed";
      throw error;
    }
  }

  /** Devices that came into the group before this server heard of them: nobody is to remove them. */
  async #learnDevices({ groupInfo }: CopiedGroup): Promise<void> {
    const { sql, devices } = this.#deps;
    const leaves = (await mlsReaders()).readGroupInfo(groupInfo).leaves.map(leafRow);
    const users = [...new Set(leaves.map(({ user }) => user))];
    const known = new Set((await findRegistered(sql, users)).map(deviceKey));
    const strange = leaves.filter((leaf) => !known.has(deviceKey(leaf)));
    if (strange.length === 0) return;
    const theirs = [...new Set(strange.map(({ user }) => user))];
    await devices.outdate(theirs);
    await devices.refresh(theirs);
  }

  #refuse(room: Room, server: ServerName, fault: string): false {
    this.#deps.log.log("warn", "What a server says of a group is not taken.", {
      server,
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
      const moved = now === undefined || isAhead(copy, now);
      if (moved) await this.#write(tx, copy, { now, nowMs });
      return { moved, userIds: await writeWelcomes(tx, own, { roomId, groupId, nowMs }) };
    });
    if (moved) publishGroupNotice(bus, { kind: "epoch", roomId, epoch });
    if (userIds.length > 0) publishGroupNotice(bus, { kind: "welcome", roomId, userIds });
  }

  async #write(
    tx: Tx,
    copy: CopiedGroup,
    { now, nowMs }: { readonly now: GroupRow | undefined; readonly nowMs: number },
  ): Promise<void> {
    const rival = now !== undefined && now.sequencer !== copy.sequencer
      ? await findRival(tx, copy)
      : undefined;
    await writeCopy(tx, copy, { removes: await hasRemoved(copy), nowMs });
    if (rival === undefined || now === undefined) return;
    await keepContradiction(tx, { sequencer: now.sequencer, receipts: rival, nowMs });
    this.#deps.log.log("warn", "Changes of a group are void: another server had taken over.", {
      server: now.sequencer,
      room: copy.roomId,
      epoch: rival[0].base_epoch,
      successor: copy.sequencer,
    });
  }

  /** What is held does not lead to what is said: is there another receipt of the same epoch? */
  async #lookForLie(room: Room, from: ServerName, held: GroupRow): Promise<void> {
    const first = receiptOf(held);
    const answer = await this.#deps.transport.call(from, syncGroup, {
      room_id: room.id,
      epoch: first.base_epoch,
    });
    const second = answer.commits.find(({ epoch }) => epoch === first.base_epoch)?.receipt;
    if (second !== undefined) await this.#keepLie(room, first, second);
  }

  async #keepLie(room: Room, first: Receipt, second: Receipt): Promise<void> {
    const { sql, clock, log } = this.#deps;
    const founder = firstSequencerOf(room);
    const sequencer = signerOf(first, founder) as ServerName;
    if (second.base_epoch !== first.base_epoch || second.group !== first.group) return;
    if (second.term !== first.term || hashReceipt(first) === hashReceipt(second)) return;
    if (signerOf(second, founder) !== sequencer) return;
    if (!await areSigned([second], { first: founder }, this.#deps)) return;
    const receipts = [first, second] as const;
    if (!await keepContradiction(sql, { sequencer, receipts, nowMs: clock.now() })) return;
    log.log("error", "A server gave two receipts for one epoch of a group.", {
      server: sequencer,
      room: room.id,
      epoch: first.base_epoch,
    });
  }
}

/** Whether a copy is newer than what is held. */
function isAhead(copy: CopiedGroup, held: GroupRow): boolean {
  return goesBefore(copy, held) || (!goesBefore(held, copy) && copy.epoch > held.epoch);
}

/** Of a line of successors those before this server; all where it is not among them. */
export function lineBefore(self: ServerName, line: readonly string[]): ServerName[] {
  const place = line.indexOf(self);
  return (place < 0 ? line : line.slice(0, place)) as ServerName[];
}

/** The epoch from which another server than the one that is known of ordered the group. */
function forkOf(room: Room, held: GroupRow | undefined, { group, takeovers }: Answer) {
  if (held === undefined || group === null) return undefined;
  const orders = readOrders(firstSequencerOf(room), group.receipt, takeovers);
  if (orders === undefined || presentOrder(orders).sequencer === held.sequencer) return undefined;
  return orders.find((order) =>
    order.term > held.term || order.sequencer !== held.sequencer &&
      order.term === held.term
  )?.epoch;
}

/** The change that began the present epoch took somebody out: the one before is over at once. */
async function hasRemoved({ commits, epoch }: CopiedGroup): Promise<boolean> {
  const last = commits.at(-1);
  if (last === undefined || last.epoch !== epoch - 1 || last.epoch < 0) return false;
  const facts = (await mlsReaders()).readCommit(fromBase64(last.commit) ?? new Uint8Array());
  return !facts.external && facts.removes.length > 0;
}
