import type { Peer } from "../context.ts";
import { serverFrame } from "../frame.ts";

/** Says that both ends live, and up to where everything has been sent. */
export function heartbeat(connection: Peer, data: { ts: number }): void {
  const position = connection.session === undefined ? null : connection.deps.hub.position ?? null;
  connection.sink.send(
    serverFrame({ op: "heartbeat_ack", d: { ts: data.ts, position } }, position ?? undefined),
  );
}
