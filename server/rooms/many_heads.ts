import { assert } from "../../core/assert.ts";
import { OperationError } from "../../core/errors.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { limits } from "../../core/limits.ts";
import type { Authority } from "../../core/permissions/authority.ts";
import { nameHeads } from "../../core/state/name_heads.ts";
import type { RoomGraph } from "../../core/state/room_graph.ts";
import { currentState } from "../postgres/room_rows.ts";
import type { TaggedRow } from "../postgres/row_kind.ts";
import { type ControlChain, type ControlTip, currentRowAt } from "./control_tip.ts";

/** When a change is worth another try while the state is being resolved. */
const PENDING_RETRY_MS = 5000;

/**
 * What the next control event stands on: all heads, or as many as an event can name, with the
 * state of these. Throws `unavailable` while the heads are being resolved.
 */
export async function standingOn(
  tip: ControlTip,
  graph: RoomGraph,
): Promise<{ readonly base: ControlTip; readonly rest: readonly EventId[] }> {
  if (tip.pending !== undefined) {
    throw new OperationError(
      "unavailable",
      "So much has changed in this place at once that it is still being sorted out. Try again " +
        "in a moment.",
      { details: { retry_after_ms: PENDING_RETRY_MS } },
    );
  }
  const { maxPrevEvents } = limits.event;
  if (tip.heads.length <= maxPrevEvents) return { base: tip, rest: [] };
  const heads = await nameHeads(tip, { graph, max: maxPrevEvents });
  const state = await graph.stateAfterAll(heads, { fullSetMax: Infinity });
  assert(state !== undefined, "a resolution without bound always ends");
  const base = { ...tip, heads, state, authority: tip.authority.over(state) };
  const named = new Set(heads);
  return { base, rest: tip.heads.filter((id) => !named.has(id)) };
}

/** The heads that a message names, and what may be done on the state of these. */
export interface Standing {
  readonly refs: readonly EventId[];
  readonly authority: Authority;
}

/** What messages stand on; found once for each end of the graph with more heads than they name. */
export class MessageStandings {
  #last: { readonly tip: ControlTip; readonly standing: Standing } | undefined;

  /** Undefined where it has to be found first. */
  of(tip: ControlTip): Standing | undefined {
    if (tip.heads.length <= limits.event.maxStateRefs) {
      return { refs: tip.heads, authority: tip.authority };
    }
    return this.#last?.tip === tip ? this.#last.standing : undefined;
  }

  async find(tip: ControlTip, graph: RoomGraph): Promise<Standing> {
    const refs = await nameHeads(tip, { graph, max: limits.event.maxStateRefs });
    const authority = await graph.authorityAfter(refs, { fullSetMax: Infinity });
    assert(authority !== undefined, "a resolution without bound always ends");
    const standing = { refs, authority };
    this.#last = { tip, standing };
    return standing;
  }
}

/** The end of the graph where heads are left beside what was built, and the rows of its state. */
export async function endBeside(
  rest: readonly EventId[],
  { chain, former, graph }: {
    readonly chain: ControlChain;
    readonly former: ControlTip;
    readonly graph: RoomGraph;
  },
): Promise<{ readonly tip: ControlTip; readonly rows: readonly TaggedRow[] }> {
  const heads = [...rest, ...chain.tip.heads];
  const state = await graph.stateAfterAll(heads, { fullSetMax: Infinity });
  assert(state !== undefined, "a resolution without bound always ends");
  const changed = [...former.state.differing(state)];
  const built = chain.built.flatMap(({ event: { pdu } }) =>
    pdu.state_key === undefined ? [] : [[pdu.type, pdu.state_key] as const]
  );
  const rows = [...changed, ...built].map((address) =>
    currentState.of(currentRowAt(former.roomId, state, address))
  );
  const authority = former.authority.next(state, changed);
  return { tip: { ...chain.tip, heads, state, authority }, rows };
}
