import type { ControlEvent } from "../../core/event/event.ts";
import { requiredSigners } from "../../core/event/required_signers.ts";
import type { EventId } from "../../core/ids/event_id.ts";
import { reapplyLost } from "../../core/state/reapply_lost.ts";
import type { BuiltControl, ControlIntent, ControlTip } from "./control_tip.ts";

/** State events of this process that a merge may still undo; the oldest are taken as settled. */
const REMEMBERED_MAX = 128;

/** What this process changed in one room lately: a change that loses a merge is made once more. */
export class OwnChanges {
  #made: BuiltControl[] = [];

  remember(built: readonly BuiltControl[]): void {
    this.#made = [...this.#made, ...built.filter(({ event }) => event.pdu.state_key !== undefined)]
      .slice(-REMEMBERED_MAX);
  }

  /** Whether the state holds something else in the place of a change: replaced, or lost. */
  hasDoubts(tip: ControlTip): boolean {
    return this.#made.some(({ event: { id, pdu } }) =>
      tip.state.get(pdu.type, pdu.state_key ?? "")?.id !== id
    );
  }

  /**
   * The changes that the resolved state has lost, each answered once. PROTOCOL.md 4: the
   * difference an event made, applied to what won.
   */
  takeLost(graph: ReadonlyMap<EventId, ControlEvent>, tip: ControlTip): readonly BuiltControl[] {
    const lost = this.#made.filter(({ event }) => !prevailed(graph, tip, event));
    this.#made = this.#made.filter((each) => !lost.includes(each));
    return lost;
  }
}

/** What is sent for a lost change; undefined where it is there already or no longer allowed. */
export function againstResolved(
  lost: BuiltControl,
  at: { readonly tip: ControlTip; readonly nowMs: number },
): ControlIntent | undefined {
  const { tip, nowMs } = at;
  // Another server's signature is under it, and none would be under the new one.
  if (requiredSigners(lost.event.pdu).length > 1) return undefined;
  const draft = reapplyLost({
    lost: lost.event,
    before: lost.before,
    resolved: tip.authority,
    heads: tip.heads,
    nowMs,
  });
  if (draft?.state_key === undefined) return undefined;
  const { type, sender, state_key: stateKey, content } = draft;
  return { type, sender, stateKey, content };
}

/** Whether the event stands in the state, or was replaced by one that knew it. */
function prevailed(
  graph: ReadonlyMap<EventId, ControlEvent>,
  tip: ControlTip,
  event: ControlEvent,
): boolean {
  const { type, state_key: stateKey = "" } = event.pdu;
  let standing = tip.state.get(type, stateKey);
  while (standing !== undefined && standing.id !== event.id) {
    standing = standing.pdu.auth_events.map((id) => graph.get(id)).find((cited) =>
      cited?.pdu.type === type && cited.pdu.state_key === stateKey
    );
  }
  return standing !== undefined;
}
