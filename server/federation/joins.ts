import { OperationError } from "../../core/errors.ts";
import { type ControlEvent, isControlEvent } from "../../core/event/event.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import { createEventIdOf, type RoomId } from "../../core/ids/room_id.ts";
import { parseServerName, type ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { Authority } from "../../core/permissions/authority.ts";
import { roomFacts } from "../../core/rules/room_facts.ts";
import type { StateMap } from "../../core/state/state_map.ts";
import {
  type AcceptedMembership,
  askMembership,
  type AskPorts,
} from "../../federation/perform/ask_membership.ts";
import { UnverifiableRoomError } from "../../federation/perform/import_room.ts";
import { type Ingest, type Residents, TransportError } from "../../federation/ports.ts";
import { verifiedAmong } from "../../federation/verified_among.ts";
import type { AppendLog } from "../postgres/append_log.ts";
import type { TaggedRow } from "../postgres/row_kind.ts";
import { loadControl } from "../rooms/load_room.ts";
import { settleCurrentState } from "../rooms/settle_current_state.ts";
import { privateChannelRows } from "../services/channels/private_channel_rows.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type { RemoteJoin } from "../services/chat/remote_rooms.ts";
import { dmRows } from "../services/dms/dm_rows.ts";
import { groupDmRows } from "../services/dms/group_dm_rows.ts";
import type { JoinNotice } from "../services/sync/join_notice.ts";
import { catchUp } from "./catch_up.ts";
import { type CheckDeps, checkRoom } from "./check_room.ts";
import {
  dropJoining,
  hiddenRows,
  insertJoining,
  joinedRows,
  type Joining,
  leaseJoining,
  listJoining,
  releaseJoining,
  saveProgress,
} from "./joining_rows.ts";
import { dropReceivedInvite } from "./received_invites.ts";
import { isResident } from "./resident_rooms.ts";
import { type ShownPage, showPages } from "./shown_pages.ts";
import { beginStays } from "./stay_rows.ts";
import { StagedImport } from "./staged_import.ts";
import { remoteFailure } from "./words.ts";

/** A small room is checked before the join is answered: nobody sees it half. */
const CHECKED_AT_ONCE_EVENTS = 1000;
/** But nobody waits longer than this for it. */
const CHECKED_AT_ONCE_MS = 3000;
/** How often the progress of a check is told. */
const PROGRESS_MS = 500;
/** Rooms that are checked at the same time. */
const CHECKS_AT_ONCE = 4;
/** Pause before a check is begun anew whose servers could not be reached. */
const RETRY_MS = 30_000;
/** A process that is silent for so long about its check has died; another takes it over. */
const LEASE_MS = 60_000;
const LEASE_LOOK_MS = 2000;
/** A join that no server can prove is given up after so long. */
const GIVEN_UP_MS = 24 * 3_600_000;
/** How long a join waits until our own resident room has taken the accepted event in. */
const TAKEN_IN_MS = 5000;
const TAKEN_IN_LOOK_MS = 25;

/** The last pages of the channels, fetched and shown when first asked for. */
type Pages = () => Promise<readonly ShownPage[]>;

export interface JoinsDeps
  extends Pick<ChatDeps, "sql" | "rooms" | "clock" | "log" | "serverName"> {
  readonly appendLog: AppendLog;
  readonly ask: AskPorts;
  readonly check: CheckDeps;
  readonly ingest: Ingest;
  /** What the devices of our users are told, on every process. */
  readonly announce: (notice: JoinNotice) => void;
}

/**
 * Joins of our users to rooms of other servers: the join is accepted by a helper, the room is
 * shown at once from what came with it, and checked event by event behind that. What is checked
 * is stored whole or not at all; a crash begins the check anew. PROTOCOL.md 9.
 */
export class Joins implements AsyncDisposable {
  readonly #deps: JoinsDeps;
  readonly #ending = new AbortController();
  readonly #joining = new Map<RoomId, Promise<void>>();
  readonly #checks = new Set<Promise<void>>();
  readonly #turns: Promise<unknown>[];
  #nextTurn = 0;

  constructor(deps: JoinsDeps) {
    this.#deps = deps;
    this.#turns = Array.from({ length: CHECKS_AT_ONCE }, () => Promise.resolve());
    this.#begin(this.#resume());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    while (this.#checks.size > 0) await Promise.all(this.#checks);
  }

  /** @throws OperationError `forbidden`, `not_found`, `unavailable` */
  async join(wish: RemoteJoin): Promise<void> {
    const under = this.#joining.get(wish.roomId);
    if (under !== undefined) {
      await under.catch(() => undefined);
      return await this.join(wish);
    }
    const joining = this.#join(wish).finally(() => this.#joining.delete(wish.roomId));
    this.#joining.set(wish.roomId, joining);
    return await joining;
  }

  async #join(wish: RemoteJoin): Promise<void> {
    const { rooms, sql, serverName, announce } = this.#deps;
    const { user, roomId, servers } = wish;
    const room = await rooms.open(roomId);
    if (room?.authority.isJoined(user) === true) return await dropReceivedInvite(sql, user, roomId);
    if (room?.checking !== undefined) throw stillChecked();
    // A room that all of ours have left still names its servers.
    const known = room === undefined ? [] : [...room.authority.joinedServers()];
    const accepted = await this.#ask({
      ...wish,
      servers: [...servers, ...known].filter((server) => server !== serverName),
    });
    if (room !== undefined && isResident(room.authority, serverName)) {
      await this.#takeIn(accepted, user);
      await dropReceivedInvite(sql, user, roomId);
    } else {
      const joining = await this.#keep(accepted, { user, servers: [...servers] });
      // Not before: whoever opens the conversation meanwhile finds the one or the other.
      await dropReceivedInvite(sql, user, roomId);
      rooms.forget(roomId);
      await this.#show(joining);
    }
    announce({ kind: "invitation", userId: user, roomId });
  }

  async #ask({ servers, ...wish }: RemoteJoin): Promise<AcceptedMembership> {
    const [first] = servers;
    try {
      return await askMembership(this.#deps.ask, { ...wish, membership: "join" }, servers);
    } catch (error) {
      throw first === undefined ? error : remoteFailure(error, first);
    }
  }

  /** The room is held and verified: the accepted join comes in like any event. */
  async #takeIn({ event, helper }: AcceptedMembership, user: UserId): Promise<void> {
    const { ingest, rooms, clock } = this.#deps;
    // What is so now the helper has looked at; it is our own event, and no policy is about us.
    const input = { door: "join", origin: helper, roomId: event.roomId } as const;
    const [taken] = await ingest.ingest({ ...input, pdus: [event.pdu as unknown as JsonValue] });
    if (taken?.outcome !== "accepted" && taken?.outcome !== "waiting") {
      throw new OperationError(
        "unavailable",
        `${helper} has let you in, but that does not hold in what this server knows of the guild.`,
        { cause: new Error(taken?.reason) },
      );
    }
    for (let waited = 0; waited <= TAKEN_IN_MS; waited += TAKEN_IN_LOOK_MS) {
      const room = await rooms.open(event.roomId);
      if (room?.authority.isJoined(user) === true) return;
      await clock.sleep(TAKEN_IN_LOOK_MS, this.#ending.signal);
    }
    throw new OperationError(
      "unavailable",
      "The other server has let you in, but its news are not here yet. Look again in a moment.",
      { details: { retry_after_ms: 5000 } },
    );
  }

  /** Verifies what came with the join, and keeps it: from here on a crash loses nothing. */
  async #keep(
    { event, helper, answer }: AcceptedMembership,
    { user, servers }: { readonly user: UserId; readonly servers: Joining["servers"] },
  ): Promise<Joining> {
    const { sql, clock, check, serverName } = this.#deps;
    const { roomId } = event;
    const state = answer.state.flatMap((pdu) => readControl(pdu, roomId));
    const told = answer.servers.map(parseServerName).filter((server) => server !== undefined);
    const { verified } = await verifiedAmong(check, state, {
      proofs: answer.keys,
      ask: [helper],
      residents: () => Promise.resolve(toldResidents(state, { roomId, helper, told })),
    });
    const create = verified.find((each) => each.id === createEventIdOf(roomId));
    if (create === undefined || roomFacts(create) === undefined) {
      throw new OperationError("unavailable", `${helper} cannot prove what this room is.`);
    }
    const joining: Joining = {
      roomId,
      userId: user,
      helper,
      servers: [...new Set([...servers, ...told])]
        .filter((server) => server !== serverName && server !== helper),
      answer: {
        pdu: event.pdu as unknown as JsonValue,
        state: verified.filter((each) => each.id !== event.id)
          .map((each) => each.pdu as unknown as JsonValue),
        channels: answer.channels,
        keys: answer.keys as unknown as JsonValue[],
      },
      total: answer.control_events,
      startedTs: clock.now(),
    };
    if (!await insertJoining(sql, joining)) throw stillChecked();
    await sql`
      insert into current_state (room_id, type, state_key, event_id, membership)
      values (${roomId}, 'm.room.member', ${user}, ${event.id}, 'join')
      on conflict (room_id, type, state_key) do update
      set event_id = excluded.event_id, membership = excluded.membership`;
    return joining;
  }

  /** Ends when there is something to read; in a small room when all is checked. */
  async #show(joining: Joining): Promise<void> {
    const { announce, clock } = this.#deps;
    const pages = showPages({ ...this.#deps.check, ...this.#pageDeps() }, joining);
    // Whoever asks for the first page before it is there asks again when it comes.
    await Promise.race([pages.first, clock.sleep(CHECKED_AT_ONCE_MS, this.#ending.signal)]);
    announce({ kind: "room", roomId: joining.roomId, userId: joining.userId });
    const checked = this.#inTurn(() => this.#check(joining, () => pages.all));
    this.#begin(checked);
    if (joining.total > CHECKED_AT_ONCE_EVENTS) return;
    await Promise.race([checked, clock.sleep(CHECKED_AT_ONCE_MS, this.#ending.signal)])
      .catch(() => undefined);
    const room = await this.#deps.rooms.open(joining.roomId);
    if (room === undefined) throw unverifiable(joining);
  }

  #pageDeps() {
    const { sql, appendLog, clock } = this.#deps;
    return { sql, log: appendLog, now: () => clock.now() };
  }

  #begin(work: Promise<void>): void {
    const ending = work.catch(() => undefined).finally(() => this.#checks.delete(ending));
    this.#checks.add(ending);
  }

  /** A few rooms at a time, each in one of the queues. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const at = this.#nextTurn++ % this.#turns.length;
    const turn = (this.#turns[at] ?? Promise.resolve()).then(work);
    this.#turns[at] = turn.catch(() => undefined);
    return turn;
  }

  /** Checks that a crash or a stop has cut short begin anew. */
  async #resume(): Promise<void> {
    for (const joining of await listJoining(this.#deps.sql)) {
      const show = () => showPages({ ...this.#deps.check, ...this.#pageDeps() }, joining).all;
      let shown: ReturnType<Pages> | undefined;
      this.#begin(this.#inTurn(() => this.#check(joining, () => shown ??= show())));
    }
  }

  async #check(joining: Joining, pages: Pages): Promise<void> {
    const { log, clock, sql } = this.#deps;
    while (!this.#ending.signal.aborted) {
      let mine = false;
      try {
        const nowMs = clock.now();
        const until = { nowMs, leaseUntil: nowMs + LEASE_MS };
        const lease = await leaseJoining(sql, joining.roomId, until);
        if (lease === "gone") return;
        mine = lease === "taken";
        if (mine) return await this.#checkOnce(joining, pages());
        await clock.sleep(LEASE_LOOK_MS, this.#ending.signal);
      } catch (error) {
        if (mine) await releaseJoining(sql, joining.roomId).catch(() => undefined);
        if (this.#ending.signal.aborted) return;
        // The helper that let us in does not answer us any more: we are out again.
        const isOut = error instanceof TransportError && error.kind === "refused";
        const lasting = isOut || error instanceof UnverifiableRoomError ||
          clock.now() - joining.startedTs > GIVEN_UP_MS;
        log.log("warn", "A joined room could not be checked.", {
          room: joining.roomId,
          helper: joining.helper,
          given_up: lasting,
          error,
        });
        if (lasting) return await this.#giveUp(joining, isOut ? "kicked" : "unverifiable");
        await clock.sleep(RETRY_MS, this.#ending.signal).catch(() => undefined);
      }
    }
  }

  async #checkOnce(joining: Joining, pages: Promise<readonly ShownPage[]>): Promise<void> {
    const { roomId, userId } = joining;
    const { sql, appendLog, clock, check, rooms, announce, serverName } = this.#deps;
    const staged = new StagedImport({ sql, log: appendLog }, { roomId, receivedTs: clock.now() });
    const graph = await checkRoom(check, {
      joining,
      ownName: serverName,
      take: (step) => staged.take(step),
      progress: this.#progressOf(joining),
      signal: this.#ending.signal,
    });
    const { create, heads } = graph;
    await beginStays(sql, {
      roomId,
      servers: serversIn(create, graph.current()).filter((server) => server !== serverName),
      nowMs: clock.now(),
    });
    await staged.commit({ heads, state: graph.current(), rows: this.#rowsOf(create) });
    rooms.forget(roomId);
    await this.#takePages(joining, await pages);
    announce({ kind: "room", roomId, userId });
    await catchUp(this.#deps, joining);
  }

  /** Told to the joiner at most twice a second. */
  #progressOf({ roomId, userId }: Joining) {
    const { sql, clock, announce, log } = this.#deps;
    let toldMs = clock.monotonic();
    return (done: number, total: number) => {
      if (clock.monotonic() - toldMs < PROGRESS_MS) return;
      toldMs = clock.monotonic();
      announce({ kind: "progress", roomId, userId, checking: { done, total } });
      const leaseUntil = clock.now() + LEASE_MS;
      saveProgress(sql, roomId, { done, total, leaseUntil }).catch((error) =>
        log.log("debug", "The progress of a check could not be kept.", { error })
      );
    };
  }

  /** What makes the room a conversation or a guild's private channel here. */
  #rowsOf(create: ControlEvent): TaggedRow[] {
    const { roomId } = create;
    const createdTs = this.#deps.clock.now();
    const facts = roomFacts(create);
    return [
      hiddenRows.of({ roomId }),
      joinedRows.of({ roomId }),
      ...(facts?.kind === "dm" ? [dmRows.of({ roomId, users: facts.users, createdTs })] : []),
      ...(facts?.kind === "group_dm" ? [groupDmRows.of({ roomId, createdTs })] : []),
      ...(facts?.kind === "private" && facts.guild !== undefined
        ? [privateChannelRows.of({ roomId, guildId: facts.guild as RoomId, createdTs })]
        : []),
    ];
  }

  /** The messages that were shown come again, now through the checks. */
  async #takePages({ roomId, helper }: Joining, pages: readonly ShownPage[]): Promise<void> {
    for (const { pdus, keys } of pages) {
      await this.#deps.ingest.ingest({ door: "join", origin: helper, roomId, pdus, keys });
    }
  }

  /** Nothing of it stays. */
  async #giveUp(
    { roomId, userId }: Joining,
    reason: "kicked" | "unverifiable",
  ): Promise<void> {
    const { sql, rooms, announce } = this.#deps;
    await dropJoining(sql, roomId);
    const former = await loadControl(sql, roomId);
    if (former === undefined) await sql`delete from current_state where room_id = ${roomId}`;
    else await settleCurrentState(sql, former.tip);
    rooms.forget(roomId);
    announce({ kind: "gone", roomId, userId, reason });
  }
}

function serversIn(create: ControlEvent, state: StateMap): ServerName[] {
  const facts = roomFacts(create);
  return facts === undefined ? [] : [...new Authority(state, facts).joinedServers()];
}

/**
 * Who is in the room as its helper tells it, and the server of who made it: the room's id is the
 * hash of that event. Enough to show the room; the check asks anew.
 */
function toldResidents(
  state: readonly ControlEvent[],
  { roomId, helper, told }: {
    readonly roomId: RoomId;
    readonly helper: ServerName;
    readonly told: readonly ServerName[];
  },
): Residents {
  const create = state.find((event) => event.id === createEventIdOf(roomId));
  const maker = create === undefined ? [] : [serverOf(create.pdu.sender)];
  return { servers: [helper, ...maker, ...told], holdAll: true, forNow: true };
}

function readControl(pdu: JsonValue, roomId: RoomId): ControlEvent[] {
  const parsed = parsePduValue(pdu, { roomId });
  return parsed.kind === "event" && isControlEvent(parsed.event) ? [parsed.event] : [];
}

function stillChecked(): OperationError {
  return new OperationError(
    "unavailable",
    "Somebody of your server has just joined there, and it is still being checked. Try again in a moment.",
    { details: { retry_after_ms: 5000 } },
  );
}

function unverifiable({ helper }: Joining): OperationError {
  return new OperationError(
    "unavailable",
    `What ${helper} gave of this guild could not be verified, so you have not joined. ` +
      "Tell the guild's people; their server may be broken.",
  );
}
