import { assert } from "../../core/assert.ts";
import { encodeBase58Of16 } from "../../core/ids/base58.ts";
import type { Bus } from "../../core/ports/bus.ts";
import type { Config } from "../config/config.ts";
import { NotifyBus } from "../postgres/notify_bus.ts";
import { LocalBus } from "../system/local_bus.ts";
import type { SystemParts } from "./store.ts";

/** Without NATS, what other processes store is looked for this often. */
const ALONE_POLL_MS = 500;
/** With NATS, only what its messages failed to tell. */
const NATS_POLL_MS = 2_000;

export interface BusParts {
  /** For hints between the parts and processes of this homeserver. */
  readonly bus: Bus;
  /** How the log's batches reach other processes; see `LogFeed`. */
  readonly feed: { readonly bus?: Bus; readonly pollMs?: number };
}

/**
 * One process alone needs no more than its memory; on an outside Postgres there may be others
 * at any time, reached through NATS or else through the database.
 */
export async function openBus(
  config: Config,
  system: SystemParts,
  stack: AsyncDisposableStack,
): Promise<BusParts> {
  const kind = busKind(config);
  if (kind === "none") return { bus: closedWith(stack, new LocalBus()), feed: {} };
  const bus = closedWith(stack, await connectBus(config, system));
  return kind === "nats"
    ? { bus, feed: { bus, pollMs: NATS_POLL_MS } }
    : { bus, feed: { pollMs: ALONE_POLL_MS } };
}

/** How the processes of a server so configured reach each other; `none`: it is one process. */
export function busKind(config: Config): "nats" | "postgres" | "none" {
  if (config.database.url === undefined) return "none";
  return config.bus.natsUrl.length > 0 ? "nats" : "postgres";
}

/** The way to other processes; there is one, so the kind is not `none`. @throws BusError */
export async function connectBus(
  config: Config,
  system: Pick<SystemParts, "log" | "rng">,
): Promise<Bus> {
  const log = system.log.child({ part: "bus" });
  const url = config.database.url?.reveal();
  assert(url !== undefined, "a server on the embedded database is one process");
  if (busKind(config) === "nats") return await connectNats(config, log);
  const processId = encodeBase58Of16(system.rng.bytes(16));
  return await NotifyBus.connect({ url, processId, log });
}

function closedWith<B extends Bus>(stack: AsyncDisposableStack, bus: B): B {
  stack.defer(() => bus.close());
  return bus;
}

async function connectNats({ bus: settings }: Config, log: SystemParts["log"]): Promise<Bus> {
  // Most servers are one process and need none of it in memory.
  const { NatsBus } = await import("../nats/bus.ts");
  const { natsUrl: servers, natsUser: user, natsPassword, natsToken } = settings;
  const pass = natsPassword?.reveal();
  const token = natsToken?.reveal();
  const credentials = user !== undefined && pass !== undefined
    ? { user, pass }
    : token === undefined
    ? undefined
    : { token };
  return await NatsBus.connect({
    servers,
    log,
    ...(credentials === undefined ? {} : { credentials }),
  });
}
