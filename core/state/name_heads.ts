import type { EventId } from "../ids/event_id.ts";
import type { RoomGraph } from "./room_graph.ts";
import type { StateMap } from "./state_map.ts";

/**
 * Which heads an event names where there are more than it may: the one after which the state is
 * nearest to that of all, and the oldest others. Somebody may have made the others on the graph
 * as it once was, where whoever acts now was not there yet. PROTOCOL.md 7 (merges).
 */
export async function nameHeads(
  end: { readonly heads: readonly EventId[]; readonly state: StateMap },
  { graph, max }: { readonly graph: Pick<RoomGraph, "stateAfter">; readonly max: number },
): Promise<readonly EventId[]> {
  if (end.heads.length <= max) return end.heads;
  let nearest = end.heads[0] as EventId;
  let least = Infinity;
  for (const id of end.heads) {
    let distance = 0;
    for (const _address of end.state.differing(await graph.stateAfter(id))) distance++;
    if (distance < least) [nearest, least] = [id, distance];
  }
  return [nearest, ...end.heads.filter((id) => id !== nearest).slice(0, max - 1)];
}
