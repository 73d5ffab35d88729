import type { Arrival } from "./attach.ts";
import { dispatchFrame, serverFrame } from "./frame.ts";
import type { Sink } from "./session.ts";

/** The first frames of a client that has just arrived, by whichever door it came. */
export function greet(sink: Sink, arrival: Arrival): void {
  switch (arrival.kind) {
    case "snapshot":
      sink.send(serverFrame({ op: "ready", d: arrival.snapshot }, arrival.snapshot.position));
      return;
    case "reset":
      sink.send(serverFrame({ op: "reset", d: { reason: arrival.reason } }));
      return;
    case "replayed":
      for (const { t, d, position } of arrival.dispatches) {
        sink.send(dispatchFrame(t, d, position));
      }
      sink.send(
        serverFrame({
          op: "resumed",
          d: { position: arrival.position, replayed: arrival.dispatches.length },
        }, arrival.position),
      );
  }
}
