/**
 * A TCP port on loopback that was free a moment ago. Prefer port 0 where the tested thing takes
 * it; a server that cannot is started again on another port when it loses the race.
 */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  listener.close();
  return port;
}
