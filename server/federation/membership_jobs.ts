import { offerRoom, sendInvite } from "../../core/api/federation/membership.ts";
import { offerOwner } from "../../core/api/federation/owner.ts";
import { type EduValue, sendTransaction } from "../../core/api/federation/send.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import { MAIN_CHANNEL } from "../../core/ids/channel_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import { askMembership, type AskPorts } from "../../federation/perform/ask_membership.ts";
import { OperationError } from "../../core/errors.ts";
import { type KeyRing, TransportError } from "../../federation/ports.ts";
import { signersOf } from "../../federation/verified_among.ts";
import { isPaused } from "./destination_store.ts";
import {
  claimJobs,
  completeJobs,
  enqueue,
  type OutboxJob,
  type OutboxRow,
  outboxRows,
  postponeJob,
} from "../postgres/outbox.ts";
import type { TaggedRow } from "../postgres/row_kind.ts";
import type { Queryable } from "../postgres/sql.ts";
import type { Room } from "../rooms/room.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type {
  DeviceJob,
  GroupJob,
  MembershipJob,
  RelationshipJob,
  RoomJob,
} from "../services/chat/remote_rooms.ts";

const OUTBOX_KIND = "membership";
/** Jobs under way at once; each is one request or two. */
const AT_ONCE = 16;
const LEASE_MS = 3 * 60_000;
/** How often the outbox is looked into although nothing was said. */
const LOOK_MS = 20_000;
/** Of a paused server: whether it is to be told again is looked at this often. */
const PAUSED_LOOK_MS = 60_000;
const RETRY_FIRST_MS = 2_000;
const RETRY_MAX_MS = 30 * 60_000;
/** Older ones are given up: whoever was invited can be invited again. */
const GIVEN_UP_MS = 3 * 86_400_000;

export type MembershipJobsDeps =
  & Pick<ChatDeps, "sql" | "rooms" | "clock" | "log" | "serverName">
  & {
    readonly ask: AskPorts;
    readonly keys: Pick<KeyRing, "proofs">;
  };

/**
 * Tells other servers what must reach them although they may be in no room of ours: invites,
 * declined invites, offers, words of friends and of devices. Rows of the outbox, stored with what
 * they tell of; each is tried until its server has answered, or for three days.
 */
export class MembershipJobs implements AsyncDisposable {
  readonly #deps: MembershipJobsDeps;
  readonly #ending = new AbortController();
  #pause = new AbortController();
  #woken = true;
  /** When the soonest of those that failed here is tried again, ms. */
  #againMs = Infinity;
  readonly #underWay = new Set<Promise<void>>();
  readonly #running: Promise<void>;

  constructor(deps: MembershipJobsDeps) {
    this.#deps = deps;
    this.#running = this.#run();
  }

  /** A job as a row to be stored with what it tells of. */
  row(job: MembershipJob): TaggedRow {
    return outboxRows.of(membershipRow(job, this.#deps.clock.now()));
  }

  async tellNow(job: MembershipJob): Promise<void> {
    await this.tellWithin(this.#deps.sql, job);
    this.wake();
  }

  /** In a transaction of the caller's, who wakes afterwards. */
  async tellWithin(tx: Queryable, job: MembershipJob): Promise<void> {
    const row = membershipRow(job, this.#deps.clock.now());
    // What says how things are when it is said need not be said twice.
    if ((job.kind === "devices" || job.kind === "group") && await isWaiting(tx, row)) return;
    await enqueue(tx, [row]);
  }

  wake(): void {
    this.#woken = true;
    this.#pause.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    this.#pause.abort();
    await this.#running;
    await Promise.all(this.#underWay);
  }

  async #run(): Promise<void> {
    const { clock, log } = this.#deps;
    while (!this.#ending.signal.aborted) {
      this.#woken = false;
      try {
        while (await this.#workOff()) if (this.#ending.signal.aborted) return;
      } catch (error) {
        log.log("warn", "What other servers must be told could not be read.", { error });
      }
      if (this.#woken) continue;
      this.#pause = new AbortController();
      const pauseMs = Math.min(LOOK_MS, Math.max(0, this.#againMs - clock.now()));
      await clock.sleep(pauseMs, this.#pause.signal).catch(() => undefined);
      // A pause that was cut short has not come to what it waited for.
      if (this.#againMs <= clock.now()) this.#againMs = Infinity;
    }
  }

  /** False where nothing was due, or nothing more can be under way. */
  async #workOff(): Promise<boolean> {
    const { sql, clock } = this.#deps;
    const limit = AT_ONCE - this.#underWay.size;
    if (limit === 0) return false;
    const jobs = await claimJobs(sql, {
      kind: OUTBOX_KIND,
      limit,
      nowMs: clock.now(),
      leaseMs: LEASE_MS,
    });
    for (const job of jobs) this.#begin(job);
    return jobs.length > 0;
  }

  /** None waits for the others: a server that takes its time holds up nobody else's. */
  #begin(job: OutboxJob): void {
    const doing = this.#do(job).catch((error) => {
      // It is handed out again when its lease ends.
      this.#deps.log.log("warn", "What became of a word to another server could not be stored.", {
        error,
      });
    }).finally(() => {
      this.#underWay.delete(doing);
      this.wake();
    });
    this.#underWay.add(doing);
  }

  async #do(row: OutboxJob): Promise<void> {
    const { sql, clock, log } = this.#deps;
    const job = row.payload as MembershipJob;
    if (await isPaused(sql, job.to)) {
      return await postponeJob(sql, row.id, clock.now() + PAUSED_LOOK_MS);
    }
    try {
      await this.#tell(job);
    } catch (error) {
      const nowMs = clock.now();
      const again = !isFinal(error) && nowMs - row.createdTs < GIVEN_UP_MS;
      log.log(again ? "debug" : "info", "Another server could not be told of a membership.", {
        ...job,
        error,
      });
      if (again) {
        const waitMs = Math.min(RETRY_FIRST_MS * 2 ** Math.min(row.attempts, 20), RETRY_MAX_MS);
        this.#againMs = Math.min(this.#againMs, nowMs + waitMs);
        return await postponeJob(sql, row.id, nowMs + waitMs);
      }
    }
    await completeJobs(sql, [row.id]);
  }

  async #tell(job: MembershipJob): Promise<void> {
    switch (job.kind) {
      case "invite":
        return await this.#sendInvite(job);
      case "leave":
        await askMembership(this.#deps.ask, { ...job, membership: "leave" }, [job.to]);
        return;
      case "offer":
        return await this.#offer(job);
      case "owner":
        return await this.#offerOwner(job);
      case "relationship":
        return await this.#sayRelationship(job);
      case "devices":
        return await this.#sayDevices(job);
      case "group":
        return await this.#sayGroup(job);
      case "to_device":
        return await this.#say(job.to, {
          type: "m.to_device",
          content: { from: job.from, to: job.user, ...job.message },
        });
    }
  }

  /** EDUs, but such that are said until they have arrived: nothing else would ever repeat them. */
  async #say(to: ServerName, edu: EduValue): Promise<void> {
    const { ask, serverName } = this.#deps;
    await ask.transport.call(to, sendTransaction, {
      txn_id: encodeBase58Of16(ask.rng.bytes(16)),
      origin: serverName,
      pdus: [],
      edus: [edu],
    });
  }

  async #sayRelationship({ to, from, user, word }: RelationshipJob): Promise<void> {
    await this.#say(to, { type: "m.relationship", content: { from, to: user, action: word } });
  }

  /** The version as it is when it is said: of many changes in a row the last counts. */
  async #sayDevices({ to, user }: DeviceJob): Promise<void> {
    const [row] = await this.#deps.sql<{ version: number }[]>`
      select version from device_lists where user_id = ${user}`;
    if (row === undefined) return;
    await this.#say(to, { type: "m.device", content: { user, version: row.version } });
  }

  /** The epoch as it is when it is said. */
  async #sayGroup({ to, roomId }: GroupJob): Promise<void> {
    const [row] = await this.#deps.sql<{ term: number; epoch: number }[]>`
      select term, epoch from mls_groups where room_id = ${roomId}`;
    if (row === undefined) return;
    const { term, epoch } = row;
    await this.#say(to, { type: "m.group", content: { room_id: roomId, term, epoch } });
  }

  async #sendInvite({ to, roomId, user }: RoomJob): Promise<void> {
    const { rooms, ask, keys, serverName } = this.#deps;
    const room = await rooms.open(roomId);
    const invite = room?.authority.view.get("m.room.member", user);
    // Answered or withdrawn meanwhile: there is nothing to tell.
    if (room === undefined || invite?.pdu.content["membership"] !== "invite") return;
    if (serverOf(invite.pdu.sender) !== serverName) return;
    const state = shownWith(room, invite);
    await ask.transport.call(to, sendInvite, {
      room_id: roomId,
      pdu: valueOf(invite),
      state: state.map(valueOf),
      keys: [...await keys.proofs(signersOf([invite, ...state]))],
      servers: [...room.authority.joinedServers()].filter((server) => server !== serverName)
        .slice(0, limits.federation.maxServersAsked),
    });
  }

  async #offerOwner({ to, roomId, user }: RoomJob): Promise<void> {
    const by = (await this.#deps.rooms.open(roomId))?.authority.owner();
    if (by === undefined || serverOf(by) !== this.#deps.serverName) return;
    await this.#deps.ask.transport.call(to, offerOwner, { room_id: roomId, user, by });
  }

  async #offer({ to, roomId, user }: RoomJob): Promise<void> {
    const room = await this.#deps.rooms.open(roomId);
    const create = room?.authority.view.get("m.room.create", "");
    if (room === undefined || create === undefined || room.authority.isJoined(user)) return;
    await this.#deps.ask.transport.call(to, offerRoom, {
      room_id: roomId,
      user,
      create: valueOf(create),
    });
  }
}

/** A job as a row of the outbox. */
export function membershipRow(job: MembershipJob, nowMs: number): OutboxRow {
  return {
    kind: OUTBOX_KIND,
    lane: laneOf(job),
    payload: job,
    createdTs: nowMs,
  };
}

/**
 * Whether the same is to be said and nobody has begun to; nobody does before the transaction ends,
 * so that what is said then is as this transaction leaves it.
 */
async function isWaiting(tx: Queryable, { kind, lane = "" }: OutboxRow): Promise<boolean> {
  const rows = await tx`
    select 1 from outbox where kind = ${kind} and lane = ${lane} and attempts = 0
    limit 1 for update skip locked`;
  return rows.length > 0;
}

/** What must arrive in its order. */
function laneOf(job: MembershipJob): string {
  switch (job.kind) {
    case "group":
      return `${job.to} group ${job.roomId}`;
    case "devices":
      return `${job.to} devices ${job.user}`;
    case "to_device":
      return `${job.to} to_device ${job.from} ${job.user}`;
    case "relationship":
      return `${job.to} ${job.from} ${job.user}`;
    default:
      return `${job.to} ${job.roomId} ${job.user}`;
  }
}

/** The create event first, then what an invite is shown with. */
function shownWith({ authority: { view } }: Room, { pdu }: ControlEvent): ControlEvent[] {
  return [
    view.get("m.room.create", ""),
    view.get("m.guild.meta", ""),
    view.get("m.channel.meta", MAIN_CHANNEL),
    view.get("m.room.member", pdu.sender),
  ].filter((event) => event !== undefined);
}

function valueOf(event: ControlEvent): JsonValue {
  return event.pdu as unknown as JsonValue;
}

/**
 * The other has said no, or never will be asked, or what is to be told cannot be: to ask again
 * changes nothing. What failed for another reason, as our database away, says nothing of that.
 */
function isFinal(error: unknown): boolean {
  if (error instanceof OperationError) return error.code !== "unavailable";
  return error instanceof TransportError && (error.kind === "refused" || error.kind === "policy");
}
