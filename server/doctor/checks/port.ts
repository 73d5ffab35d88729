import { type Finding, ok, problem } from "../finding.ts";

const CHECK = "port";

/** Whether the server could listen where it is told to. */
export function checkPort(
  where: { readonly host: string; readonly port: number; readonly isRunning: boolean },
): Finding[] {
  const { host, port } = where;
  if (where.isRunning) return [ok(CHECK, `The server listens on ${host} port ${port}.`)];
  try {
    Deno.listen({ hostname: host, port }).close();
    return [ok(CHECK, `${host} port ${port} is free.`)];
  } catch (error) {
    return [explain(error, host, port)];
  }
}

function explain(error: unknown, host: string, port: number): Finding {
  if (error instanceof Deno.errors.AddrInUse) {
    return problem(
      CHECK,
      `Another program listens on ${host} port ${port}.`,
      `Stop it, or choose another port with --port.`,
    );
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return problem(
      CHECK,
      `This user may not listen on port ${port}.`,
      "Choose a port above 1023, or: setcap cap_net_bind_service=+ep openguild",
    );
  }
  return problem(
    CHECK,
    `This machine cannot listen on ${host}: ${error instanceof Error ? error.message : error}.`,
    "Choose one of its addresses with --host (0.0.0.0 for all).",
  );
}
