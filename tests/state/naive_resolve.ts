/**
 * A second reading of PROTOCOL.md 7 (state resolution): whole auth chains, a full transitive
 * relation, the next event found by looking at all. Quadratic and plain; it exists to disagree.
 */
import type { ControlEvent } from "../../core/event/event.ts";
import { compareBytes } from "../../core/ids/compare_bytes.ts";
import type { RoomFacts } from "../../core/rules/room_facts.ts";
import { type Loose, naiveRank, type NaiveState } from "./naive_rights.ts";
import { naiveAllows, naiveIsUser } from "./naive_rules.ts";

type Events = ReadonlyMap<string, ControlEvent>;

const keyOf = (event: ControlEvent) => `${event.pdu.type}\0${event.pdu.state_key}`;

/** Where the room's roles, member and so on are to be looked up for an event: section 4, authTypes. */
export function naiveAuthKeys(pdu: ControlEvent["pdu"]): Set<string> {
  const c: Loose = pdu.content;
  const { type, sender, state_key: key } = pdu;
  const person = (who: string) =>
    ["m.room.member", "m.guild.member_roles", "m.room.timeout"].map((t) => `${t}\0${who}`);
  if (type === "m.room.create") return new Set();
  if (type === "m.guild.owner") return new Set(["m.guild.owner\0", `m.room.member\0${sender}`]);
  const keys = new Set(["m.guild.owner\0", "m.guild.roles\0", ...person(sender)]);
  const add = (more: string[]) => more.forEach((item) => keys.add(item));
  if (key !== undefined) add([`${type}\0${key}`]);
  const onSomebody = ["m.room.member", "m.guild.member_roles", "m.room.timeout", "m.member.stay"];
  if (onSomebody.includes(type) && key) {
    add(person(key));
  }
  if (type === "m.member.profile" && key && key !== sender) add(person(key));
  if (type === "m.purge" && naiveIsUser(c.user)) add(person(c.user));
  if (type === "m.channel.meta") add([`m.channel.policy\0${key}`]);
  if (type === "m.room.member") {
    if (["join", "invite", "knock"].includes(c.membership)) add(["m.room.join_rules\0"]);
    if (c.membership === "join" && naiveIsUser(c.authorised_via)) add(person(c.authorised_via));
  }
  return keys;
}

export class NaiveResolver {
  readonly #events: Events;
  readonly #room: RoomFacts;
  readonly #ancestors = new Map<string, Set<string>>();
  readonly #pasts = new Map<string, Set<string>>();
  readonly #chains = new Map<NaiveState, Set<string>>();

  readonly #withBase: boolean;

  constructor(events: Events, room: RoomFacts, options = { withBase: true }) {
    this.#events = events;
    this.#room = room;
    this.#withBase = options.withBase;
  }

  #get(id: string): ControlEvent {
    const event = this.#events.get(id);
    if (event === undefined) throw new Error(`${id} is not held`);
    return event;
  }

  /** Strict auth ancestors. */
  ancestors(event: ControlEvent): Set<string> {
    const known = this.#ancestors.get(event.id);
    if (known) return known;
    const found = new Set<string>();
    for (const id of event.pdu.auth_events) {
      found.add(id);
      for (const above of this.ancestors(this.#get(id))) found.add(above);
    }
    this.#ancestors.set(event.id, found);
    return found;
  }

  /** All events from which this one descends by parents. */
  past(event: ControlEvent): Set<string> {
    const known = this.#pasts.get(event.id);
    if (known) return known;
    const found = new Set<string>();
    for (const id of event.pdu.prev_events) {
      found.add(id);
      for (const above of this.past(this.#get(id))) found.add(above);
    }
    this.#pasts.set(event.id, found);
    return found;
  }

  effTs(event: ControlEvent): number {
    return Math.max(
      event.pdu.origin_ts,
      ...[...this.ancestors(event)].map((id) => this.#get(id).pdu.origin_ts),
    );
  }

  #rank(event: ControlEvent): number {
    if (event.pdu.type === "m.guild.owner") return Infinity;
    const cited: NaiveState = new Map(
      event.pdu.auth_events.map((id) => [keyOf(this.#get(id)), this.#get(id)]),
    );
    return naiveRank(cited, this.#room, event.pdu.sender);
  }

  resolve(states: readonly NaiveState[]): Map<string, ControlEvent> {
    const keys = new Set(states.flatMap((state) => [...state.keys()]));
    const settled = new Map<string, ControlEvent>();
    const conflicting = new Map<string, ControlEvent>();
    for (const key of keys) {
      const held = states.map((state) => state.get(key));
      const first = held[0];
      if (first && held.every((event) => event?.id === first.id)) settled.set(key, first);
      else for (const event of held) if (event) conflicting.set(event.id, event);
    }
    const full = this.#fullSet(states, conflicting);
    const power = this.#power(full);
    const histories = new Map<string, ControlEvent[]>();
    const failed = new Set<string>();
    const agreed = (key: string) => settled.get(key) ?? this.#base(states, key);
    const leftOut = (y: ControlEvent, x: ControlEvent) =>
      this.past(y).has(x.id) &&
      states.some((state) =>
        this.#chain(state).has(y.id) &&
        this.#line(state.get(keyOf(x))).some((held) => held.id === x.id)
      );
    const firstOf = (from: ControlEvent | undefined, bad: (event: ControlEvent) => boolean) =>
      this.#line(from).find((event) => !bad(event));
    const replay = (x: ControlEvent) => {
      const own = x.pdu.auth_events.map((id) => this.#get(id));
      const view = new Map<string, ControlEvent>();
      for (const key of naiveAuthKeys(x.pdu)) {
        const inMap = (histories.get(key) ?? []).filter((y) => !leftOut(y, x)).at(-1);
        const inAll = conflicting.has(x.id) ? undefined : firstOf(
          agreed(key),
          (y) => y.id === x.id || leftOut(y, x) || failed.has(y.id),
        );
        const cited = firstOf(own.find((y) => keyOf(y) === key), (y) => failed.has(y.id));
        const found = inMap ?? inAll ?? cited;
        if (found) view.set(key, found);
      }
      const passes = naiveAllows(x.pdu, view, this.#room);
      if (!passes) failed.add(x.id);
      if (!passes || x.pdu.state_key === undefined) return;
      const history = histories.get(keyOf(x)) ?? [];
      const first = history.find((y) => leftOut(y, x));
      const at = first ? history.indexOf(first) : history.length;
      histories.set(keyOf(x), [...history.slice(0, at), x, ...history.slice(at)]);
    };
    const restore = (pending: Events) => {
      const waiting = new Set([...pending.values()].map(keyOf));
      for (const key of this.#withBase ? keys : []) {
        if (settled.has(key) || waiting.has(key) || histories.has(key)) continue;
        const base = firstOf(this.#base(states, key), (event) => failed.has(event.id));
        if (base) histories.set(key, [base]);
      }
    };
    this.#kahn(power, (event) => this.#urgency(event, power)).forEach(replay);
    const rest = new Map([...full].filter(([id]) => !power.has(id)));
    restore(rest);
    const roles = histories.get("m.guild.roles\0")?.at(-1) ?? settled.get("m.guild.roles\0");
    const chain = this.#mainline(roles);
    this.#kahn(rest, (event) => [this.#place(event, chain)]).forEach(replay);
    restore(new Map());
    const result = new Map(settled);
    for (const key of keys) {
      const last = histories.get(key)?.at(-1);
      if (last && !settled.has(key)) result.set(key, last);
    }
    return result;
  }

  /** The newest event that all inputs' events at an address are or go back to. */
  #base(states: readonly NaiveState[], key: string): ControlEvent | undefined {
    const lines = states.map((state) => this.#line(state.get(key)));
    return lines[0]?.find((event) =>
      lines.every((line) => line.some((other) => other.id === event.id))
    );
  }

  /** An event, what it replaced, what that replaced, and so on. */
  #line(event: ControlEvent | undefined): ControlEvent[] {
    if (!event) return [];
    const before = event.pdu.auth_events.map((id) => this.#get(id))
      .find((cited) => keyOf(cited) === keyOf(event));
    return [event, ...this.#line(before)];
  }

  /** The events of a state and all their auth ancestors. */
  #chain(state: NaiveState): Set<string> {
    const known = this.#chains.get(state);
    if (known) return known;
    const chain = new Set<string>();
    for (const event of state.values()) {
      chain.add(event.id);
      for (const id of this.ancestors(event)) chain.add(id);
    }
    this.#chains.set(state, chain);
    return chain;
  }

  #fullSet(states: readonly NaiveState[], conflicting: Events): Map<string, ControlEvent> {
    const full = new Map(conflicting);
    const chains = states.map((state) => this.#chain(state));
    for (const id of new Set(chains.flatMap((chain) => [...chain]))) {
      if (!chains.every((chain) => chain.has(id))) full.set(id, this.#get(id));
    }
    for (const below of conflicting.values()) {
      for (const id of this.ancestors(below)) {
        const between = [...this.ancestors(this.#get(id))].some((above) => conflicting.has(above));
        if (between) full.set(id, this.#get(id));
      }
    }
    return full;
  }

  #power(full: Events): Map<string, ControlEvent> {
    const types = [
      "m.guild.owner",
      "m.guild.roles",
      "m.guild.member_roles",
      "m.room.timeout",
      "m.channel.policy",
      "m.room.join_rules",
      "m.room.server_acl",
    ];
    const power = new Map<string, ControlEvent>();
    for (const event of full.values()) {
      const { type, sender, state_key, content } = event.pdu;
      const moved = type === "m.room.member" && sender !== state_key &&
        ["leave", "ban"].includes(content.membership as string);
      if (!types.includes(type) && !moved) continue;
      power.set(event.id, event);
      for (const id of this.ancestors(event)) if (full.has(id)) power.set(id, this.#get(id));
    }
    return power;
  }

  #urgency(event: ControlEvent, power: Events): number[] {
    const family = [...power.values()].filter((other) =>
      other.id === event.id || this.ancestors(other).has(event.id)
    );
    const owner = family.some((other) => other.pdu.type === "m.guild.owner") ? 0 : 1;
    return [owner, -Math.max(...family.map((other) => this.#rank(other)))];
  }

  #mainline(roles: ControlEvent | undefined): string[] {
    const chain: string[] = [];
    for (let at = roles; at; at = this.#rolesAuth(at)) chain.unshift(at.id);
    return chain;
  }

  #rolesAuth(event: ControlEvent): ControlEvent | undefined {
    return event.pdu.auth_events.map((id) => this.#get(id))
      .find((auth) => auth.pdu.type === "m.guild.roles");
  }

  #place(event: ControlEvent, chain: string[]): number {
    for (let at = this.#rolesAuth(event); at; at = this.#rolesAuth(at)) {
      const place = chain.indexOf(at.id);
      if (place >= 0) return place;
    }
    return -1;
  }

  #kahn(events: Events, urgency: (event: ControlEvent) => number[]): ControlEvent[] {
    const left = new Map(events);
    const order: ControlEvent[] = [];
    const keys = new Map(
      [...events.values()].map((event) => [event.id, [...urgency(event), this.effTs(event)]]),
    );
    while (left.size > 0) {
      const ready = [...left.values()].filter((event) =>
        ![...left.keys()].some((id) => this.ancestors(event).has(id))
      );
      ready.sort((a, b) => {
        const [x, y] = [keys.get(a.id) ?? [], keys.get(b.id) ?? []];
        for (const [i, value] of x.entries()) {
          const other = y[i] ?? 0;
          if (value !== other) return value < other ? -1 : 1;
        }
        return compareBytes(a.hash, b.hash);
      });
      const next = ready[0];
      if (next === undefined) throw new Error("a cycle");
      left.delete(next.id);
      order.push(next);
    }
    return order;
  }
}
