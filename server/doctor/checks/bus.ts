import type { Bus } from "../../../core/ports/bus.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import { type Finding, ok, problem, reasonOf } from "../finding.ts";

const CHECK = "bus";
/** No server listens to it. */
const SUBJECT = "og.doctor";
/** A bus that carries nothing for so long carries nothing. */
const PROBE_MS = 5_000;

export interface BusCheck {
  /** The way between the processes of this server, as configured. */
  readonly kind: "nats" | "postgres" | "none";
  /** Opens the configured bus as the server does; not called for `none`. */
  readonly connect: () => Promise<Bus>;
  readonly clock: Clock;
  /** Bytes that no other probe sends. */
  readonly mark: Uint8Array;
}

/** Reachable, with credentials that it takes, and carrying a message to who listens. */
export async function checkBus(check: BusCheck): Promise<Finding[]> {
  if (check.kind === "none") return [ok(CHECK, "bus.none")];
  try {
    return [await probe(check)];
  } catch (error) {
    // The connection's own words already say where it failed and what to do.
    return [problem(CHECK, ["bus.failed", `bus.${check.kind}`], { reason: reasonOf(error) })];
  }
}

async function probe(check: BusCheck): Promise<Finding> {
  const kind = check.kind === "nats" ? "nats" : "postgres";
  const near = await check.connect();
  // NATS sends back what one says itself; the other bus has to be heard by another process.
  const far = kind === "nats" ? near : await check.connect().catch(async (error) => {
    await near.close();
    throw error;
  });
  try {
    if (await carries({ near, far }, check)) {
      return ok(CHECK, "bus.good", { bus: kind });
    }
    return problem(
      CHECK,
      ["bus.lost", kind === "nats" ? "bus.rights" : "bus.postgres"],
      { subject: SUBJECT, seconds: PROBE_MS / 1000 },
    );
  } finally {
    await near.close();
    if (far !== near) await far.close();
  }
}

async function carries(
  buses: { readonly near: Bus; readonly far: Bus },
  { clock, mark }: Pick<BusCheck, "clock" | "mark">,
): Promise<boolean> {
  const wanted = mark.toHex();
  const heard = Promise.withResolvers<true>();
  const end = buses.far.subscribe(SUBJECT, (payload) => {
    if (payload.toHex() === wanted) heard.resolve(true);
  });
  const waiting = new AbortController();
  try {
    buses.near.publish(SUBJECT, mark);
    const tooLate = clock.sleep(PROBE_MS, waiting.signal).then(() => false, () => false);
    return await Promise.race([heard.promise, tooLate]);
  } finally {
    waiting.abort();
    end();
  }
}
