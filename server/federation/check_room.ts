import { getHeads, missingEvents } from "../../core/api/federation/events.ts";
import { sendMembership } from "../../core/api/federation/membership.ts";
import type { Blake3 } from "../../core/event/hash.ts";
import { isControlEvent } from "../../core/event/event.ts";
import { parsePduValue } from "../../core/event/parse_pdu.ts";
import type { SignatureVerifier } from "../../core/event/verify.ts";
import { type EventId, parseEventId } from "../../core/ids/event_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { limits } from "../../core/limits.ts";
import type { Log } from "../../core/ports/log.ts";
import { stateHash } from "../../core/state/state_hash.ts";
import type { ImportGraph } from "../../federation/perform/import_graph.ts";
import {
  type ImportOptions,
  RoomImport,
  UnverifiableRoomError,
} from "../../federation/perform/import_room.ts";
import { type KeyRing, type Transport, TransportError } from "../../federation/ports.ts";
import type { Joining } from "./joining_rows.ts";

/** Servers that are read from in all, one after another, until one gives a graph that holds. */
const HELPERS_MAX = 3;
/** Other servers whose heads are compared with what the helper gave. PROTOCOL.md 9. */
const COMPARED_MAX = 2;
/** How often the events between two servers' heads are asked for in a row. */
const ROUNDS_MAX = 10;

export interface CheckDeps {
  readonly transport: Pick<Transport, "call">;
  readonly keys: Pick<KeyRing, "obtain" | "isSilent">;
  readonly verifier: SignatureVerifier;
  readonly blake3: Blake3;
  readonly log: Log;
}

export interface CheckOptions extends Omit<ImportOptions, "roomId"> {
  readonly joining: Joining;
  readonly ownName: ServerName;
}

/**
 * Checks a room that one of ours has joined: the whole control graph, from the helper or, where
 * it falls silent, from others; then what two others know beyond it. PROTOCOL.md 9.
 * @throws UnverifiableRoomError, TransportError where no server gave the graph
 */
export async function checkRoom(deps: CheckDeps, options: CheckOptions): Promise<ImportGraph> {
  const { joining, ownName } = options;
  const run = new RoomImport(deps, { ...options, roomId: joining.roomId });
  const servers = [joining.helper, ...joining.servers]
    .filter((server, at, all) => server !== ownName && all.indexOf(server) === at);
  let failure: unknown;
  for (const server of servers.slice(0, HELPERS_MAX)) {
    try {
      if (server !== joining.helper) await introduce(deps, joining, server);
      await run.readFrom(server);
      await run.readAgain(server, joining.servers);
      const graph = holding(run, joining);
      await compare(deps, run, { joining, others: othersOf(deps, graph, { server, ownName }) });
      return graph;
    } catch (error) {
      if (!(error instanceof TransportError || error instanceof UnverifiableRoomError)) throw error;
      // What one server holds back another may give; the reason that counts is the first.
      failure ??= error;
      deps.log.log("info", "A server could not prove a room that is being joined.", {
        room: joining.roomId,
        server,
        left_out: run.left,
        error,
      });
    }
  }
  throw failure ?? new TransportError("unreachable", `Nobody gives the room ${joining.roomId}.`);
}

/** A server that has not heard of the join yet answers nobody: it is shown the join first. */
async function introduce(deps: CheckDeps, joining: Joining, server: ServerName): Promise<void> {
  await deps.transport.call(server, sendMembership, {
    room_id: joining.roomId,
    pdu: joining.answer.pdu,
  });
}

/** Our join, and so everything that it stands on, must have passed. */
function holding(run: RoomImport, { roomId, answer }: Joining): ImportGraph {
  const parsed = parsePduValue(answer.pdu, { roomId });
  const own = parsed.kind === "event" && isControlEvent(parsed.event) ? parsed.event : undefined;
  if (own !== undefined && run.graph?.has(own.id) === false) run.addOwn(own);
  if (run.graph !== undefined && own !== undefined && run.graph.has(own.id)) return run.graph;
  throw new UnverifiableRoomError(
    `The events of room ${roomId} do not prove it: ${run.left[0] ?? "none came"}`,
  );
}

/**
 * Whom to compare with: those who are in the room by what was proven, not whom the helper names.
 * Who does not answer comes last: it would only be waited for.
 */
function othersOf(
  { keys }: CheckDeps,
  graph: ImportGraph,
  { server, ownName }: { readonly server: ServerName; readonly ownName: ServerName },
): readonly ServerName[] {
  const others = graph.residents().filter((each) => each !== server && each !== ownName);
  return [
    ...others.filter((each) => !keys.isSilent(each)),
    ...others.filter((each) => keys.isSilent(each)),
  ];
}

/** What two others hold beyond the helper is taken in too, if it passes; who is away is left out. */
async function compare(
  deps: CheckDeps,
  run: RoomImport,
  { joining, others }: { readonly joining: Joining; readonly others: readonly ServerName[] },
): Promise<void> {
  await Promise.all(
    others.slice(0, COMPARED_MAX).map(async (server) => {
      try {
        await introduce(deps, joining, server);
        await takeBeyond(deps, run, { joining, server });
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        deps.log.log("info", "A room that is being joined could not be compared.", {
          server,
          error,
        });
      }
    }),
  );
}

async function takeBeyond(
  deps: CheckDeps,
  run: RoomImport,
  { joining, server }: { readonly joining: Joining; readonly server: ServerName },
): Promise<void> {
  const { roomId } = joining;
  const { graph } = run;
  if (graph === undefined) return;
  const theirs = await deps.transport.call(server, getHeads, { room_id: roomId });
  const wanted = theirs.control.map(parseEventId).filter((id) => id !== undefined);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const missing = wanted.filter((id) => !graph.has(id));
    if (missing.length === 0) return compareStates(deps, graph, { server, wanted, theirs });
    const before = graph.size;
    const page = await deps.transport.call(server, missingEvents, {
      room_id: roomId,
      earliest: graph.heads.slice(0, limits.federation.maxIdsPerRequest),
      latest: missing.slice(0, limits.federation.maxIdsPerRequest),
      limit: limits.federation.maxPdusPerAnswer,
    });
    const take = () => run.takePage(page.pdus, { proofs: page.keys, ask: [server] });
    await take();
    if (await run.takeOnWord(server, [joining.helper])) await take();
    if (graph.size === before) break;
  }
  deps.log.log("warn", "Another server of a joined room has events that do not pass here.", {
    room: roomId,
    server,
    left_out: run.left,
  });
}

/** Where both end in the same events, both must have resolved them to the same state. */
function compareStates(
  deps: CheckDeps,
  graph: ImportGraph,
  { server, wanted, theirs }: {
    readonly server: ServerName;
    readonly wanted: readonly EventId[];
    readonly theirs: { readonly state_hash: string };
  },
): void {
  const ends = new Set(graph.heads);
  if (ends.size !== wanted.length || !wanted.every((id) => ends.has(id))) return;
  if (stateHash(graph.current()) === theirs.state_hash) return;
  deps.log.log("warn", "Another server of a joined room has resolved another state.", { server });
}
