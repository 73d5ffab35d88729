import type { Log } from "../../core/ports/log.ts";

/**
 * The driver (postgres.js 3.4.9, its issue 1208) writes a statement in the next turn of the event
 * loop, and throws there if the connection has closed by then: nobody can catch it, and the whole
 * server would end because its database began anew in the middle of a transaction. The
 * transaction itself has been answered with the close already, so that nothing is lost by going
 * on. Every other error is left alone. Ends with the returned object.
 */
export function forgiveStrayWrites(log: Log): Disposable {
  const listener = (event: ErrorEvent) => {
    if (!isStrayWrite(event.error)) return;
    event.preventDefault();
    log.log("warn", "A statement was begun on a connection to the database that had just closed.");
  };
  globalThis.addEventListener("error", listener);
  return { [Symbol.dispose]: () => globalThis.removeEventListener("error", listener) };
}

function isStrayWrite(error: unknown): boolean {
  return error instanceof TypeError && error.message.includes("null (reading 'write')") &&
    /\bnextWrite \(.*\/postgres\/src\/connection\.js:/.test(error.stack ?? "");
}
