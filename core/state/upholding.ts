import type { ControlEvent } from "../event/event.ts";
import type { EventId } from "../ids/event_id.ts";
import type { AuthGraph } from "./auth_graph.ts";
import type { IsAfter } from "./causality.ts";
import { lineOf } from "./common_base.ts";
import type { StateMap } from "./state_map.ts";

interface UpholdingInput {
  readonly states: readonly StateMap[];
  readonly isInChain: (input: number, event: ControlEvent) => boolean;
  readonly graph: AuthGraph;
}

/**
 * Which inputs hold an event or what replaced it: there it was in force. Who made something that
 * descends from it knew it so only where such an input has that in its chain; elsewhere it was
 * known as void. PROTOCOL.md 7 (descendants).
 */
export class Upholding {
  readonly #input: UpholdingInput;
  /** By the event that an input holds: that, and all whose place it took. */
  readonly #lines = new Map<EventId, ReadonlySet<EventId>>();

  constructor(input: UpholdingInput) {
    this.#input = input;
  }

  /** Whether `later` is left out for `one`: made after it, by somebody to whom it was in force. */
  leavesOut(isAfter: IsAfter): IsAfter {
    const { states, isInChain } = this.#input;
    return (later, one) =>
      isAfter(later, one) &&
      states.some((state, input) => this.#upholds(state, one) && isInChain(input, later));
  }

  #upholds(state: StateMap, { id, pdu }: ControlEvent): boolean {
    // What has no address takes nobody's place, and nothing rests on it.
    if (pdu.state_key === undefined) return true;
    const held = state.get(pdu.type, pdu.state_key);
    return held !== undefined && (held.id === id || this.#lineOf(held).has(id));
  }

  #lineOf(held: ControlEvent): ReadonlySet<EventId> {
    const known = this.#lines.get(held.id);
    if (known !== undefined) return known;
    const line = new Set(lineOf(held, this.#input.graph).map(({ id }) => id));
    this.#lines.set(held.id, line);
    return line;
  }
}
