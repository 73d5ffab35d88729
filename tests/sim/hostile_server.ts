import { getControl, getEvents, missingEvents } from "../../core/api/federation/events.ts";
import type { FederationOperation } from "../../core/api/federation/operation.ts";
import { sendTransaction } from "../../core/api/federation/send.ts";
import type { ControlEvent } from "../../core/event/event.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { buildControlEvent } from "../../core/event/build.ts";
import { TransportError } from "../../federation/ports.ts";
import { ATTACKS, type Malice, type Volley } from "../federation/attacks.ts";
import { ShadowRoom, wire } from "../federation/shadow_room.ts";
import type { TestServer } from "../harness/events.ts";
import { seededRng } from "../harness/seeded_rng.ts";
import { Random } from "../state/random.ts";
import type { Founding } from "./founding.ts";
import type { Network, Station } from "./network.ts";
import type { Act } from "./schedule.ts";
import type { World } from "./world.ts";

const NAMES = Object.keys(ATTACKS);

/**
 * A hostile server of a history: it hears what honest servers tell it, makes things up, tells
 * some of them one thing and some another, and answers or does not.
 */
export class HostileServer implements Station {
  readonly name: ServerName;
  /** How often each attack was made: one that never happens proves nothing. */
  readonly #made: Map<string, number>;
  readonly #self: TestServer;
  readonly #room: ShadowRoom;
  #elsewhere: ShadowRoom | undefined;
  readonly #world: World;
  readonly #network: Network;
  readonly #founding: Founding;
  readonly #users: readonly UserId[];
  readonly #random: Random;
  readonly #rng;
  /** What it told somebody and may tell again. */
  readonly #told: JsonValue[] = [];

  constructor(parts: {
    readonly world: World;
    readonly network: Network;
    readonly founding: Founding;
    readonly self: TestServer;
    readonly seed: number;
    readonly made: Map<string, number>;
  }) {
    this.#world = parts.world;
    this.#network = parts.network;
    this.#founding = parts.founding;
    this.#self = parts.self;
    this.name = parts.self.name;
    this.#made = parts.made;
    this.#random = new Random(parts.seed);
    this.#rng = seededRng(parts.seed);
    this.#users = parts.founding.people.filter((user) => serverOf(user) === this.name);
    const [create, ...rest] = parts.founding.events;
    this.#room = new ShadowRoom(create as ControlEvent, this.#rng);
    for (const event of rest) this.#room.learn(event);
    parts.network.attach(this.name, this);
  }

  /** Asked by an honest server: it tells the truth, nonsense, nothing, or never ends. */
  answer(_origin: ServerName, operation: FederationOperation, request: unknown): Promise<unknown> {
    if (operation.id === sendTransaction.id) {
      const { pdus } = request as { pdus: readonly JsonValue[] };
      for (const pdu of pdus) this.#hear(pdu);
      const results = pdus.map(() => ({ outcome: "accepted" as const }));
      return Promise.resolve({ results, received: [] });
    }
    const mood = this.#random.below(5);
    if (mood === 0) return new Promise(() => {});
    if (mood === 1) {
      return Promise.reject(new TransportError("server_error", "boo", { status: 500 }));
    }
    return Promise.resolve(this.#lie(operation, request, mood));
  }

  #lie(operation: FederationOperation, request: unknown, mood: number): unknown {
    const asked = request as { event_ids?: EventId[]; latest?: EventId[] };
    const wanted = asked.event_ids ?? asked.latest ?? [];
    const held = [...this.#room.events.values()];
    const honest = operation.id === getEvents.id
      ? held.filter(({ id }) => wanted.includes(id))
      : this.#random.shuffle(held).slice(0, 30);
    const pdus = mood === 2 ? this.#random.shuffle(this.#told).slice(0, 30) : honest.map(wire);
    const withNoise = mood === 3 ? pdus : [...pdus, ...this.#random.some(this.#told, 0.2)];
    if (operation.id === getControl.id) return { pdus: withNoise, keys: [], next: null, total: 1 };
    return operation.id === getEvents.id || operation.id === missingEvents.id
      ? { pdus: withNoise, keys: [] }
      : {};
  }

  #hear(pdu: JsonValue): void {
    const parsed = parsePduValue(pdu, { roomId: this.#founding.roomId });
    if (parsed.kind === "event") this.#room.learn(parsed.event);
  }

  act(act: Act): void {
    const [which = 0, seed = 0, reach = 0] = act.choices;
    const name = NAMES[Math.floor(which * NAMES.length)] as string;
    const random = new Random(Math.floor(seed * 2 ** 32));
    this.#made.set(name, (this.#made.get(name) ?? 0) + 1);
    this.#world.watch((async () => {
      const attack = ATTACKS[name] as (malice: Malice) => Promise<Volley>;
      const volley = await attack({
        room: this.#room,
        elsewhere: await this.#anotherRoom(),
        signer: this.#self.signer,
        self: this.name,
        users: this.#users,
        people: this.#founding.people,
        channels: this.#founding.channels,
        nowMs: this.#world.nowMs,
        random,
      });
      this.#shoot(volley, reach);
    })());
  }

  #shoot(volley: Volley, reach: number): void {
    this.#told.push(...volley.pdus, ...volley.others ?? []);
    const honest = this.#founding.servers.filter(({ name }) => name !== this.name);
    const transport = this.#network.transport(this.name, () => true);
    honest.forEach(({ name }, at) => {
      const chosen = (reach + at * 0.37) % 1;
      if (volley.withheld === true && chosen < 0.6) return;
      const pdus = volley.others !== undefined && chosen < 0.5 ? volley.others : volley.pdus;
      const again = chosen > 0.9 ? this.#random.some(this.#told, 0.3).slice(0, 20) : [];
      transport.call(name, sendTransaction, {
        txn_id: encodeBase58Of16(this.#rng.bytes(16)),
        origin: this.name,
        pdus: [...pdus, ...again].slice(0, 50),
        edus: [],
      }).catch(() => undefined);
    });
  }

  async #anotherRoom(): Promise<ShadowRoom> {
    if (this.#elsewhere !== undefined) return this.#elsewhere;
    const sender = this.#users[0] as UserId;
    const options = { signer: this.#self.signer, rng: this.#rng };
    const content: JsonObject = {
      room_version: "og1",
      nonce: encodeBase58Of16(this.#rng.bytes(16)),
      kind: "guild",
      federate: true,
    };
    const create = await buildControlEvent({
      type: "m.room.create",
      sender,
      stateKey: "",
      originTs: this.#world.nowMs - 60_000,
      content,
      prevEvents: [],
      authEvents: [],
    }, options);
    const room = new ShadowRoom(create, this.#rng);
    this.#elsewhere = room;
    const ts = this.#world.nowMs - 50_000;
    for (
      const draft of [
        { type: "m.guild.owner", stateKey: "", content: { user: sender } },
        { type: "m.room.member", stateKey: sender, content: { membership: "join" } },
        {
          type: "m.guild.member_roles",
          stateKey: sender,
          content: { roles: ["high"] },
        },
      ]
    ) {
      room.learn(await room.build({ ...draft, sender, ts }, this.#self.signer));
    }
    return room;
  }
}
