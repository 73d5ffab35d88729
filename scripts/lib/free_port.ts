/**
 * TCP ports for servers that tests and tools start. The system gives outgoing connections ports
 * from 32768 on (`ip_local_port_range`), so a port below stays free until its server listens, and
 * between a server's end and its next start. From 10081 on browsers refuse none of them.
 */
const FIRST_PORT = 10_081;
const LAST_PORT = 32_767;
const COUNT = LAST_PORT - FIRST_PORT + 1;

/** Somewhere else in every process and test file: several of them start servers at the same time. */
let next = Math.floor(Math.random() * COUNT);
let given = 0;

/** A port that nothing listens on and that was not given before. @throws if none is left. */
export function freePort(): number {
  while (given < COUNT) {
    const port = FIRST_PORT + next;
    next = (next + 1) % COUNT;
    given++;
    if (isFree(port)) return port;
  }
  throw new Error(`Cannot find a free port: all from ${FIRST_PORT} to ${LAST_PORT} were tried.`);
}

/** Whether a server could listen on a port now, on every address of this machine. */
export function isFree(port: number): boolean {
  return ["0.0.0.0", "::"].every((hostname) => {
    try {
      Deno.listen({ hostname, port }).close();
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.AddrInUse) return false;
      // A machine without IPv6 has nobody on it either.
      if (hostname === "::") return true;
      throw error;
    }
  });
}
