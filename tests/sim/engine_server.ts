import { assert } from "../../core/assert.ts";
import { isServerAllowed } from "../../core/auth/server_acl.ts";
import { selectAuthEvents } from "../../core/auth/select_auth_events.ts";
import { buildControlEvent, buildTimelineEvent } from "../../core/event/build.ts";
import {
  type ControlEvent,
  type HeldEvent,
  isTimelineEvent,
  type Signatures,
  type TimelineEvent,
} from "../../core/event/event.ts";
import { nobleBlake3 } from "../../core/event/hash.ts";
import { requiredSigners } from "../../core/event/required_signers.ts";
import { signEventHash } from "../../core/event/sign.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import { signatureName } from "../../core/ids/key_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { limits } from "../../core/limits.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import type { Log } from "../../core/ports/log.ts";
import { nameHeads } from "../../core/state/name_heads.ts";
import { roomReadHandlers } from "../../federation/handle/read_handlers.ts";
import { sendHandler } from "../../federation/handle/send.ts";
import { authorise } from "../../federation/inbound/authorise.ts";
import { accept } from "../../federation/inbound/accept.ts";
import { FetchMissing } from "../../federation/inbound/fetch_missing.ts";
import { LookAgain } from "../../federation/inbound/look_again.ts";
import { type MergeableRoom, MergeHeads } from "../../federation/inbound/merge_heads.ts";
import { Pipeline } from "../../federation/inbound/pipeline.ts";
import type { RoomChange } from "../../federation/inbound/ports.ts";
import { Refill } from "../../federation/inbound/refill.ts";
import { ResolveLater } from "../../federation/inbound/resolve_later.ts";
import { RoomTurn } from "../../federation/inbound/room_turn.ts";
import { Waiting } from "../../federation/inbound/waiting.ts";
import { OutboundEngine } from "../../federation/outbound/outbound_engine.ts";
import type { Transport } from "../../federation/ports.ts";
import type { TestServer } from "../harness/events.ts";
import { MemoryDestinationStore } from "../harness/outbound_parts.ts";
import { seededRng } from "../harness/seeded_rng.ts";
import { Random } from "../state/random.ts";
import type { Intent } from "./deeds.ts";
import type { Founding } from "./founding.ts";
import { knownKeys } from "./known_keys.ts";
import { MemoryOutgoing } from "./memory_outgoing.ts";
import { MemoryReader } from "./memory_reader.ts";
import { MemoryRoom, MemoryRooms, type OpenGraph } from "./memory_room.ts";
import { MemoryStore } from "./memory_store.ts";
import { MemoryTransactions } from "./memory_transactions.ts";
import { MemoryWaiting } from "./memory_waiting.ts";
import { type Network, stationOf } from "./network.ts";
import type { Holdings, SimServer } from "./sim_server.ts";
import { type Skew, VirtualClock } from "./virtual_clock.ts";
import type { World } from "./world.ts";

/** A store answers after this long at most, ms: what goes on meanwhile is the point. */
const STORE_MAX_MS = 4;

export interface EngineOptions {
  readonly world: World;
  readonly network: Network;
  readonly founding: Founding;
  readonly self: TestServer;
  readonly verifier: SignatureVerifier;
  readonly seed: number;
  readonly log: Log;
  readonly faults?: Faults;
}

/** What is broken on purpose, to see that it is found. */
export interface Faults {
  readonly openGraph?: OpenGraph;
  readonly openOutgoing?: (store: MemoryStore) => MemoryOutgoing;
}

interface Life {
  readonly clock: VirtualClock;
  readonly room: MemoryRoom;
  readonly outbound: Promise<OutboundEngine>;
  readonly lookAgain: LookAgain;
  readonly merging: MergeHeads;
  readonly end: () => void;
}

/**
 * A homeserver of a history: the engine of production, federation/inbound and
 * federation/outbound with their doors, on a virtual clock, a virtual network and a store in
 * memory that outlives its lives.
 */
export class EngineServer implements SimServer {
  readonly name: ServerName;
  readonly skew: Skew = { offsetMs: 0 };
  readonly #options: EngineOptions;
  readonly #rng;
  readonly #random: Random;
  readonly #store: MemoryStore;
  readonly #waiting = new MemoryWaiting();
  readonly #transactions = new MemoryTransactions();
  readonly #destinations: MemoryDestinationStore;
  readonly shownWhileBanned: string[] = [];
  #banned: ReadonlySet<UserId> = new Set();
  #life: Life | undefined;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.name = options.self.name;
    this.#rng = seededRng(options.seed);
    this.#random = new Random(options.seed);
    const { founding, world } = options;
    this.#store = new MemoryStore(this.name, founding.events, world.nowMs);
    this.#destinations = new MemoryDestinationStore(
      founding.servers.map(({ name }) => name).filter((name) => name !== this.name),
    );
  }

  get up(): boolean {
    return this.#life !== undefined;
  }

  start(): void {
    const { world, network, verifier, log, founding, faults } = this.#options;
    const clock = new VirtualClock(world, this.skew);
    let life: Life | undefined = undefined;
    const alive = () => this.#life === life;
    const never = new Promise<never>(() => {});
    const ended = Promise.withResolvers<void>();
    const pace = async () => {
      if (this.#random.chance(0.5)) await clock.sleep(this.#random.below(STORE_MAX_MS));
      if (!alive()) await never;
    };
    const transport = network.transport(this.name, alive);
    const keys = knownKeys(founding.servers, clock);
    const room = new MemoryRoom({
      store: this.#store,
      pace,
      nowMs: () => world.nowMs,
      stored: (change) => this.#stored(change),
      ...(faults?.openGraph === undefined ? {} : { openGraph: faults.openGraph }),
    });
    const rooms = new MemoryRooms(room);
    const policy = { refusal: () => undefined };
    const receipts = { note: () => undefined };
    const fetcher: { wake(): void } = { wake: () => undefined };
    const waiting = new Waiting({
      store: this.#waiting,
      keys,
      verifier,
      clock,
      wake: () => fetcher.wake(),
    });
    const lookAgain = new LookAgain({ rooms, keys, verifier, policy, clock, log });
    const refill = new Refill({ rooms, transport, ownName: this.name, clock, log });
    const ingest = new Pipeline({
      lookAgain,
      refill,
      resolveLater: new ResolveLater({ rooms, clock, log }),
      rooms,
      keys,
      verifier,
      policy,
      waiting,
      receipts,
      meter: { received: () => undefined },
      clock,
      log,
    });
    refill.start(ingest);
    const outbound = this.#startOutbound(clock, transport);
    const merging = new MergeHeads({
      open: () => Promise.resolve(this.#mergeable(room)),
      ownName: this.name,
      clock,
      log,
    });
    life = { clock, room, outbound, lookAgain, merging, end: ended.resolve };
    this.#life = life;
    const fetchMissing = new FetchMissing({
      rooms,
      store: this.#waiting,
      ingest,
      keys,
      transport,
      receipts,
      ownName: this.name,
      clock,
      rng: this.#rng,
      log,
    });
    fetcher.wake = () => fetchMissing.wake();
    const edus = { receive: () => undefined };
    network.attach(
      this.name,
      stationOf([
        sendHandler({ ingest, edus, transactions: this.#transactions, log }),
        ...roomReadHandlers({
          rooms: new MemoryReader(this.#store),
          keys,
          clock,
          blake3: nobleBlake3,
        }),
      ], {
        ended: ended.promise,
        fault: (error) => world.faults.push(error),
        heardFrom: (server) => void outbound.then((engine) => engine.heardFrom(server)),
      }),
    );
  }

  #startOutbound(clock: VirtualClock, transport: Transport): Promise<OutboundEngine> {
    const { log, faults } = this.#options;
    return OutboundEngine.start({
      serverName: this.name,
      transport,
      keyRing: { proofs: () => Promise.resolve([]) },
      resigner: { freshen: (pdu) => Promise.resolve(pdu) },
      policy: { refusal: () => undefined },
      outgoing: faults?.openOutgoing?.(this.#store) ?? new MemoryOutgoing(this.#store),
      store: this.#destinations,
      relay: {
        edu: () => undefined,
        heardFrom: () => undefined,
        retry: () => undefined,
        pause: () => undefined,
        released: () => undefined,
      },
      meter: { transaction: () => undefined, pdus: () => undefined, edus: () => undefined },
      clock,
      rng: this.#rng,
      log,
    });
  }

  /** In production the log feed tells of it. */
  #stored(change: RoomChange): void {
    this.#noteBanned(change);
    const life = this.#life;
    if (change.end !== undefined) {
      life?.lookAgain.wake(this.#store.facts.roomId);
      void life?.merging.notice(this.#store.facts.roomId);
    }
    if (life === undefined || change.events.length === 0) return;
    const others = [...this.#store.authority().joinedServers()];
    void life.outbound.then((engine) => engine.wake(others));
  }

  /** I4: what a banned user says is not shown once the ban is known here. */
  #noteBanned(change: RoomChange): void {
    const now = this.#store.authority();
    for (const { event, outcome, door } of change.events) {
      const { sender } = event.pdu;
      const wasBanned = this.#banned.has(sender) && now.membership(sender) === "ban";
      if (!isTimelineEvent(event) || outcome !== "accepted" || door === "backfill") continue;
      if (wasBanned) this.shownWhileBanned.push(`${event.pdu.type} ${event.id} of ${sender}`);
    }
    this.#banned = new Set(
      this.#options.founding.people.filter((user) => now.membership(user) === "ban"),
    );
  }

  /** The ends of the room's graph, which somebody here may join. */
  #mergeable(room: MemoryRoom): MergeableRoom {
    const authority = this.#store.authority();
    const servers = authority.joinedServers();
    const [sender] = [...authority.joinedUsers()].filter((user) => serverOf(user) === this.name);
    const join = async () => {
      const life = this.#life;
      if (life?.room !== room || sender === undefined) return false;
      const intent = { type: "m.merge", sender, content: {} };
      const merge = await room.inTurn(async () =>
        room.end.heads.length < 2 ? undefined : await this.#actInTurn(life, intent)
      );
      return merge !== undefined;
    };
    return { heads: this.#store.heads.length, servers, join };
  }

  kill(): void {
    this.#life?.clock.end();
    this.#life?.end();
    this.#life = undefined;
    this.#options.network.detach(this.name);
  }

  async act(intent: Intent): Promise<HeldEvent | undefined> {
    const life = this.#life;
    if (life === undefined) return undefined;
    return await life.room.inTurn(() => this.#actInTurn(life, intent));
  }

  async #actInTurn({ clock, room }: Life, intent: Intent): Promise<HeldEvent | undefined> {
    const { end } = room;
    const leaves = "stateKey" in intent && intent.content["membership"] === "leave" &&
      intent.stateKey === intent.sender;
    if (!leaves && !isServerAllowed(end.state, this.name)) return undefined;
    const { event, before } = await this.#build(intent, { nowMs: clock.now(), room });
    if (![end.authority, before].every((each) => authorise(event, each).ok)) return undefined;
    const turn = new RoomTurn(room);
    await turn.prepare([event]);
    await accept(turn, {
      event,
      door: "send",
      origin: this.name,
      signedBy: [{ server: this.name, keyId: this.#options.self.signer.keyId }],
    }, { before, nowMs: clock.now() });
    await room.store(turn.result);
    return event;
  }

  async #build(
    intent: Intent,
    { nowMs, room }: { readonly nowMs: number; readonly room: MemoryRoom },
  ): Promise<{ readonly event: ControlEvent | TimelineEvent; readonly before: Authority }> {
    const { type, sender, content } = intent;
    const { maxPrevEvents, maxStateRefs } = limits.event;
    const max = "channelId" in intent ? maxStateRefs : maxPrevEvents;
    const heads = await nameHeads(room.end, { graph: room.graph, max });
    const state = await room.graph.stateAfterAll(heads, { fullSetMax: Infinity });
    assert(state !== undefined, "a resolution without bound always ends");
    const before = heads === room.end.heads ? room.end.authority : room.end.authority.over(state);
    const draft = { type, sender, content, originTs: nowMs, roomId: room.id };
    const options = { signer: this.#options.self.signer, rng: this.#rng };
    if ("channelId" in intent) {
      const ends = [...this.#store.channelHeads.get(intent.channelId)?.keys() ?? []];
      const event = await buildTimelineEvent({
        ...draft,
        channelId: intent.channelId,
        stateRefs: heads,
        prevEvents: ends.slice(0, maxPrevEvents),
      }, options);
      return { event, before };
    }
    const key = intent.stateKey;
    const authEvents = selectAuthEvents(
      { type, sender, content, ...(key === undefined ? {} : { state_key: key }) },
      state,
    );
    const event = await buildControlEvent({
      ...draft,
      ...(key === undefined ? {} : { stateKey: key }),
      prevEvents: heads,
      authEvents,
    }, options);
    return { event: await this.#coSigned(event), before };
  }

  /** A new owner's server signs too: as if it had been asked and had agreed. */
  async #coSigned(event: ControlEvent): Promise<ControlEvent> {
    const { servers } = this.#options.founding;
    let signatures: Signatures = event.pdu.signatures;
    for (const name of requiredSigners(event.pdu)) {
      const server = servers.find((each) => each.name === name);
      if (server === undefined || name === this.name) continue;
      const signature = await signEventHash(event.hash, server.signer);
      signatures = { ...signatures, [name]: { [signatureName(server.signer.keyId)]: signature } };
    }
    return { ...event, pdu: { ...event.pdu, signatures } };
  }

  holdings(): Holdings {
    const store = this.#store;
    const kept = new Map([...store.known].map(([id, known]) =>
      [id, {
        event: known.event,
        outcome: known.outcome,
        reason: known.reason,
        order: known.order,
        keptAtMs: known.storedAtMs,
      }] as const
    ));
    return {
      authority: store.authority(),
      state: store.state,
      heads: store.heads,
      kept,
      timeline: (channelId) =>
        store.timeline(channelId).filter(({ outcome }) => outcome === "accepted")
          .map(({ event }) => event),
      waiting: this.#waiting.ids,
    };
  }
}
