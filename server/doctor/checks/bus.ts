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
  if (check.kind === "none") return [ok(CHECK, "One process on its own database needs none.")];
  try {
    return [await probe(check)];
  } catch (error) {
    // The connection's own words already say where it failed and what to do.
    return [problem(CHECK, reasonOf(error), ADVICE[check.kind])];
  }
}

const ADVICE = {
  nats: "Is nats-server running, is NATS_URL right, and do bus.nats_user and bus.nats_password " +
    "(or bus.nats_token) match its configuration? Messages between processes wait for it.",
  postgres: "Processes speak through LISTEN and NOTIFY: point DATABASE_URL at Postgres itself, " +
    "not at a pooler in transaction mode, or set bus.nats_url.",
} as const;

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
      const name = kind === "nats" ? "NATS" : "Postgres";
      return ok(CHECK, `A message went through ${name} to a listener.`);
    }
    return problem(
      CHECK,
      `A message on ${SUBJECT} did not reach its listener within ${PROBE_MS / 1000} s.`,
      kind === "nats"
        ? "Give the server's NATS user the right to publish and subscribe to log, accounts and " +
          "og.>."
        : ADVICE.postgres,
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
