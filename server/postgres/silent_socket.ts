import type { Duplex } from "node:stream";
import type { Clock } from "../../core/ports/clock.ts";
import type { Log } from "../../core/ports/log.ts";

/** How long a connection may keep those waiting who asked it, by which clock, and who is told. */
export interface SilenceBound {
  readonly ms: number;
  readonly clock: Pick<Clock, "sleep">;
  readonly log: Log;
}

/**
 * Ends a connection that is asked and brings nothing back within the bound, or half as much more.
 * Of a machine that is gone, or a network that drops what it carries, the system itself tells
 * after a quarter of an hour: until then all who are given the connection would wait with it,
 * though the database may long be elsewhere.
 */
export function endWhenSilent<Kind extends Duplex>(socket: Kind, bound: SilenceBound): Kind {
  const closed = new AbortController();
  /** Half bounds since which something has been waited for; undefined: nothing is. */
  let waitedFor: number | undefined;
  const write = socket.write.bind(socket);
  socket.write = ((...args: Parameters<typeof write>) => {
    waitedFor ??= 0;
    return write(...args);
  }) as typeof socket.write;
  socket.on("data", () => waitedFor = undefined);
  socket.on("close", () => closed.abort());
  const watch = async () => {
    while (waitedFor === undefined || waitedFor < HALVES_MAX) {
      await bound.clock.sleep(bound.ms / 2, closed.signal);
      if (waitedFor !== undefined) waitedFor++;
    }
    bound.log.log("warn", "A connection to the database is given up: it brings nothing back.", {
      ms: bound.ms,
    });
    socket.destroy();
  };
  // Its sleep ends with the connection.
  watch().catch(() => undefined);
  return socket;
}

/** The first half may have begun before anything was asked. */
const HALVES_MAX = 3;
