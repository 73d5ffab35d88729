import type { ControlEvent, ControlPdu } from "../../core/event/event.ts";
import type { JsonObject, JsonValue } from "../../core/event/json.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { BIT, formatBits, type Right, RIGHT_NAMES } from "../../core/permissions/bits.ts";
import type { RoomFacts, RoomKind } from "../../core/rules/room_facts.ts";
import { stateKeyOf } from "../../core/state/state_map.ts";
import type { Random } from "./random.ts";
import { channelId, T0, user } from "./room.ts";

export const USERS: readonly UserId[] = [
  user("owner"),
  user("ann"),
  user("bob"),
  user("cat", "two.example"),
];
export const CHANNELS: readonly string[] = [channelId(1), channelId(2), "main"];
const ROLES = ["r1", "r2", "r3"];
const CREATE_ID = "$create" as EventId;

export interface Pair {
  readonly room: RoomFacts;
  readonly state: ReadonlyMap<string, ControlEvent>;
  readonly event: ControlPdu;
}

/** One random room, state and event; most near the edge between allowed and refused. */
export function randomPair(random: Random): Pair {
  const room = randomRoom(random);
  const maker = new Maker(random, room);
  maker.fillState();
  return { room, state: maker.state, event: maker.event() };
}

function randomRoom(random: Random): RoomFacts {
  const kind: RoomKind = random.pick([
    "guild",
    "guild",
    "guild",
    "guild",
    "private",
    "dm",
    "group_dm",
  ]);
  const [owner, ann] = USERS as [UserId, UserId];
  return {
    roomId: "!create" as RoomId,
    kind,
    creator: owner,
    federate: random.chance(0.9),
    users: kind === "dm" ? [ann, owner].sort() : [],
    guild: kind === "private" ? "!guild" : undefined,
  };
}

class Maker {
  readonly state = new Map<string, ControlEvent>();
  readonly #random: Random;
  readonly #room: RoomFacts;
  #count = 0;

  constructor(random: Random, room: RoomFacts) {
    this.#random = random;
    this.#room = room;
  }

  #pdu(type: string, sender: UserId, content: JsonObject, stateKey?: string): ControlPdu {
    return {
      type,
      sender,
      content,
      room_id: this.#room.roomId,
      origin_server: serverOf(sender),
      origin_ts: T0 + this.#random.below(100),
      content_hash: "",
      prev_events: [],
      auth_events: [],
      signatures: {},
      ...(stateKey === undefined ? {} : { state_key: stateKey }),
    };
  }

  #put(type: string, stateKey: string, content: JsonObject, auth: EventId[] = []): void {
    const id = `$${++this.#count}` as EventId;
    const pdu = {
      ...this.#pdu(type, this.#random.pick(USERS), content, stateKey),
      auth_events: auth,
    };
    const hash = new Uint8Array(32);
    hash[0] = this.#count;
    this.state.set(stateKeyOf(type, stateKey), {
      id,
      hash,
      roomId: this.#room.roomId,
      pdu,
      withheld: false,
    });
  }

  fillState(): void {
    const random = this.#random;
    if (random.chance(0.9)) {
      const owner = random.chance(0.8) ? USERS[0] as UserId : random.pick(USERS);
      this.#put("m.guild.owner", "", { user: owner });
    }
    if (random.chance(0.9)) this.#put("m.guild.roles", "", this.#rolesTable());
    for (const who of USERS) this.#fillUser(who);
    if (random.chance(0.7)) {
      const rule = random.pick(["public", "invite", "knock", "restricted", "odd"]);
      this.#put("m.room.join_rules", "", { rule });
    }
    for (const channel of CHANNELS) {
      if (random.chance(0.8)) this.#put("m.channel.policy", channel, this.#policy());
    }
  }

  #fillUser(who: UserId): void {
    const random = this.#random;
    if (random.chance(0.95)) this.#put("m.room.member", who, this.#member(random.chance(0.8)));
    const member = this.state.get(stateKeyOf("m.room.member", who));
    if (random.chance(0.7)) {
      const cites = member !== undefined && random.chance(0.9) ? [member.id] : [];
      this.#put("m.guild.member_roles", who, { roles: random.some(ROLES, 0.5) }, cites);
    }
    if (random.chance(0.15)) this.#put("m.room.timeout", who, { until: T0 + random.below(100) });
  }

  #bits(p = 0.4): string {
    const random = this.#random;
    let bits = 0n;
    for (const right of random.some(RIGHT_NAMES, p)) {
      if (right !== "ADMINISTRATOR" || random.chance(0.08)) bits |= BIT[right];
    }
    if (random.chance(0.05)) bits |= 1n << BigInt(100 + random.below(28));
    return formatBits(bits);
  }

  /** Mostly with the right named: most cases should fail for another reason than a missing right. */
  #tableBits(): string {
    const wanted: readonly Right[] = [
      "VIEW_CHANNEL",
      "MANAGE_ROLES",
      "MANAGE_CHANNELS",
      "KICK",
      "BAN",
    ];
    let bits = BigInt(`0x${this.#bits()}`);
    for (const right of this.#random.some(wanted, 0.7)) bits |= BIT[right];
    return formatBits(bits);
  }

  #rolesTable(): JsonObject {
    const random = this.#random;
    const roles: Record<string, JsonValue> = {};
    for (const role of random.some(ROLES, 0.85)) {
      roles[role] = { position: random.pick([1, 5, 5, 10]), bits: this.#tableBits() };
    }
    return { everyone: this.#bits(0.3), roles };
  }

  #member(joined: boolean): JsonObject {
    const random = this.#random;
    const near = () => T0 + random.below(100);
    const kind = random.pick(["user", "user", "user", "user", "user", "bot", "webhook"]);
    const membership = joined ? "join" : random.pick(["join", "invite", "leave", "ban", "knock"]);
    return {
      membership,
      ...(kind === "user" && random.chance(0.5) ? {} : { kind }),
      ...(random.chance(kind === "webhook" ? 0.8 : 0.05) ? { channel: random.pick(CHANNELS) } : {}),
      ...(membership === "ban" && random.chance(0.4) ? { until: near() } : {}),
      ...(membership === "invite" && random.chance(0.4) ? { expires: near() } : {}),
      ...(membership === "join" && random.chance(0.4)
        ? { authorised_via: random.pick(USERS) }
        : {}),
    };
  }

  #policy(): JsonObject {
    const random = this.#random;
    const targets = random.some(["everyone", ...ROLES, ...USERS], 0.35).sort();
    return {
      kind: random.pick(["text", "text", "text", "voice", "category"]),
      closed: random.chance(0.12),
      ...(random.chance(0.2) ? { parent: random.pick(CHANNELS) } : {}),
      entries: targets.map((target) => ({ target, allow: this.#bits(0.1), deny: this.#bits(0.1) })),
    };
  }

  #stored(type: string, stateKey: string): JsonObject | undefined {
    return this.state.get(stateKeyOf(type, stateKey))?.pdu.content;
  }

  event(): ControlPdu {
    const random = this.#random;
    const sender = random.pick(USERS);
    const [type, stateKey, content] = this.#draft(sender);
    const broken = random.chance(0.04) ? this.#broken(content) : content;
    const pdu = this.#pdu(type, sender, broken, stateKey);
    const parents = random.pick([[CREATE_ID], ["$x" as EventId], [
      "$x" as EventId,
      "$y" as EventId,
    ]]);
    return { ...pdu, prev_events: parents };
  }

  #draft(sender: UserId): [type: string, stateKey: string | undefined, content: JsonObject] {
    const random = this.#random;
    const target = random.chance(0.3) ? sender : random.pick(USERS);
    switch (random.below(16)) {
      case 0:
        return ["m.guild.owner", "", { user: random.pick(USERS) }];
      case 1:
      case 2:
        return ["m.guild.roles", "", this.#nextTable()];
      case 3:
      case 4:
        return ["m.guild.member_roles", target, { roles: random.some([...ROLES, "zz"], 0.4) }];
      case 5: {
        const until = random.pick([0, T0 + 50, T0 + 28 * 86_400_000, T0 + 29 * 86_400_000]);
        return ["m.room.timeout", target, { until }];
      }
      case 6:
        return ["m.member.profile", target, {}];
      case 7:
      case 8:
        return this.#policyDraft();
      case 9:
        return ["m.channel.meta", random.pick(CHANNELS), { name: "x" }];
      case 10:
        return this.#purge(sender);
      case 11:
        return this.#cosmetic();
      default:
        return ["m.room.member", target, this.#member(false)];
    }
  }

  #purge(sender: UserId): [string, undefined, JsonObject] {
    const user = this.#random.chance(0.3) ? sender : this.#random.pick(USERS);
    const [from, to] = [T0 - this.#random.below(50), T0 + this.#random.below(50)];
    return ["m.purge", undefined, { user, from_ts: from, to_ts: to }];
  }

  #cosmetic(): [string, string | undefined, JsonObject] {
    const acl = { allow: ["*"], deny: [], allow_ip_literals: true };
    return this.#random.pick<[string, string | undefined, JsonObject]>([
      ["m.guild.role", this.#random.pick([...ROLES, "zz"]), { name: "x" }],
      ["m.guild.emoji", "smile", {}],
      ["m.guild.meta", "", { name: "x" }],
      ["m.room.join_rules", "", { rule: "public" }],
      ["m.room.history_visibility", this.#random.pick(["", "x"]), { visibility: "shared" }],
      ["m.room.server_acl", "", acl],
      ["m.room.encryption", "", { algorithm: "mls" }],
      ["m.room.tombstone", "", { closed: true, replacement: `!${"1".repeat(32)}` }],
      ["org.example.thing", this.#random.pick(["", "x", USERS[1] as string]), {}],
      ["m.redaction", undefined, { redacts: [`$${"1".repeat(32)}`] }],
      ["m.merge", undefined, {}],
    ]);
  }

  /** The stored table with one change or two. */
  #nextTable(): JsonObject {
    const random = this.#random;
    const table = this.#stored("m.guild.roles", "");
    if (table === undefined || random.chance(0.1)) return this.#rolesTable();
    const roles = { ...table["roles"] as Record<string, JsonObject> };
    const role = random.pick([...ROLES, "r4"]);
    const old = roles[role];
    if (random.chance(0.3)) delete roles[role];
    else {
      roles[role] = {
        position: random.chance(0.5) ? old?.["position"] ?? 1 : random.pick([1, 5, 10]),
        bits: this.#flip(old?.["bits"]),
      };
    }
    const everyone = random.chance(0.7) ? table["everyone"] ?? "0" : this.#flip(table["everyone"]);
    return { everyone, roles };
  }

  #flip(bits: JsonValue | undefined): string {
    const flipped = BIT[this.#random.pick(RIGHT_NAMES)];
    return formatBits(BigInt(`0x${typeof bits === "string" ? bits : "0"}`) ^ flipped);
  }

  #policyDraft(): [string, string, JsonObject] {
    const random = this.#random;
    const channel = random.pick([...CHANNELS, channelId(9), "bad id"]);
    const old = this.#stored("m.channel.policy", channel);
    if (old === undefined || random.chance(0.2)) {
      return ["m.channel.policy", channel, this.#policy()];
    }
    if (random.chance(0.3)) {
      return ["m.channel.policy", channel, { ...old, closed: random.chance(0.5) }];
    }
    const entries = (old["entries"] as readonly JsonObject[]).map((entry) =>
      random.chance(0.4) ? { ...entry, allow: this.#flip(entry["allow"]) } : entry
    );
    return ["m.channel.policy", channel, { ...old, entries }];
  }

  /** One field replaced by something of another type. */
  #broken(content: JsonObject): JsonObject {
    const names = Object.keys(content);
    if (names.length === 0) return content;
    const odd: JsonValue = this.#random.pick<JsonValue>([
      null,
      -1,
      "",
      "ZZ",
      [],
      {},
      [1],
      true,
      1e15,
    ]);
    return { ...content, [this.#random.pick(names)]: odd };
  }
}
