import { type Finding, ok, problem, reasonOf } from "../finding.ts";

const CHECK = "port";

/** Whether the server could listen where it is told to. */
export function checkPort(
  where: { readonly host: string; readonly port: number; readonly isRunning: boolean },
): Finding[] {
  const values = { host: where.host, port: String(where.port) };
  if (where.isRunning) return [ok(CHECK, "port.listens", values)];
  try {
    Deno.listen({ hostname: where.host, port: where.port }).close();
    return [ok(CHECK, "port.free", values)];
  } catch (error) {
    return [explain(error, values)];
  }
}

function explain(error: unknown, values: { readonly host: string; readonly port: string }) {
  if (error instanceof Deno.errors.AddrInUse) {
    return problem(CHECK, ["port.taken", "port.taken"], values);
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return problem(CHECK, ["port.forbidden", "port.forbidden"], values);
  }
  return problem(CHECK, ["port.failed", "port.failed"], { ...values, reason: reasonOf(error) });
}
