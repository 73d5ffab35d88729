import { assert } from "../assert.ts";
import type { ControlEvent } from "../event/event.ts";
import { PersistentMap } from "./persistent_map.ts";

/** A room's state at one place of its control graph, read only. PROTOCOL.md 4 and 7. */
export interface StateView {
  get(type: string, stateKey: string): ControlEvent | undefined;
  /** All events of one type, by state key, in no particular order. */
  entriesOf(type: string): Iterable<readonly [stateKey: string, event: ControlEvent]>;
  /** Everything, keyed by `stateKeyOf`, in no particular order. */
  entries(): Iterable<readonly [key: string, event: ControlEvent]>;
}

/** `[type, state_key]` */
export type StateAddress = readonly [type: string, stateKey: string];

/** The one-string form of a state address: type, NUL, state key. */
export function stateKeyOf(type: string, stateKey: string): string {
  return `${type}\0${stateKey}`;
}

/** Type and state key of a key of a `StateMap`. */
export function parseStateKey(key: string): StateAddress {
  const at = key.indexOf("\0");
  assert(at > 0, "a state key has a type");
  return [key.slice(0, at), key.slice(at + 1)];
}

/** An immutable state map; `with` and `without` share all that did not change. */
export class StateMap implements StateView {
  readonly #types: ReadonlyMap<string, PersistentMap<ControlEvent>>;
  static readonly EMPTY = new StateMap(new Map());

  private constructor(types: ReadonlyMap<string, PersistentMap<ControlEvent>>) {
    this.#types = types;
  }

  /** Later events replace earlier ones of the same address. Each must carry a state key. */
  static from(events: Iterable<ControlEvent>): StateMap {
    const types = new Map<string, Map<string, ControlEvent>>();
    for (const event of events) {
      const stateKey = requireStateKey(event);
      const ofType = types.get(event.pdu.type) ?? new Map<string, ControlEvent>();
      types.set(event.pdu.type, ofType.set(stateKey, event));
    }
    return new StateMap(new Map([...types].map(([type, all]) => [type, PersistentMap.from(all)])));
  }

  get size(): number {
    let sum = 0;
    for (const ofType of this.#types.values()) sum += ofType.size;
    return sum;
  }

  get(type: string, stateKey: string): ControlEvent | undefined {
    return this.#types.get(type)?.get(stateKey);
  }

  entriesOf(type: string): Iterable<readonly [string, ControlEvent]> {
    return this.#types.get(type)?.entries() ?? [];
  }

  *entries(): IterableIterator<readonly [string, ControlEvent]> {
    for (const [type, ofType] of this.#types) {
      for (const [stateKey, event] of ofType.entries()) yield [stateKeyOf(type, stateKey), event];
    }
  }

  *events(): IterableIterator<ControlEvent> {
    for (const ofType of this.#types.values()) yield* ofType.values();
  }

  /** The state after `event`, which must carry a state key. */
  with(event: ControlEvent): StateMap {
    const stateKey = requireStateKey(event);
    const before = this.#types.get(event.pdu.type) ?? PersistentMap.empty<ControlEvent>();
    const after = before.with(stateKey, event);
    if (after === before) return this;
    return new StateMap(new Map(this.#types).set(event.pdu.type, after));
  }

  without(type: string, stateKey: string): StateMap {
    const before = this.#types.get(type);
    const after = before?.without(stateKey);
    if (after === undefined || after === before) return this;
    const types = new Map(this.#types);
    if (after.size === 0) types.delete(type);
    else types.set(type, after);
    return new StateMap(types);
  }

  /** Addresses that the two maps do not hold with the same event. Cheap for related maps. */
  *differing(other: StateMap): IterableIterator<StateAddress> {
    for (const type of new Set([...this.#types.keys(), ...other.#types.keys()])) {
      const mine = this.#types.get(type) ?? PersistentMap.empty<ControlEvent>();
      const theirs = other.#types.get(type) ?? PersistentMap.empty<ControlEvent>();
      for (const stateKey of mine.differingKeys(theirs)) yield [type, stateKey];
    }
  }
}

function requireStateKey(event: ControlEvent): string {
  assert(event.pdu.state_key !== undefined, `${event.pdu.type} ${event.id} carries no state key`);
  return event.pdu.state_key;
}
