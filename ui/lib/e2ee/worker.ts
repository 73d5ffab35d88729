/**
 * The worker that holds this device's end of the encryption. It has the device's lock as long as
 * it lives, so that a worker of a tab that is just closing and the next one never share the state;
 * it answers all tabs of the account over one channel.
 */
import { Engine } from "../../../core/e2ee/engine/engine.ts";
import { DeviceDb } from "./device_db.ts";
import { FetchTransport } from "./fetch_transport.ts";
import { channelName } from "./messages.ts";
import { serveEngine } from "./serve_engine.ts";
import { clock, deviceLock, rng } from "./worker_ports.ts";

interface Scope {
  /** Whose device it is: the name that the worker was made with. */
  readonly name: string;
  postMessage(message: "lost"): void;
}
const scope = self as unknown as Scope;

/** What is not needed at first is fetched after this time (ms): a newer build may come then. */
const PARTS_MS = 20_000;

async function run(userId: string): Promise<never> {
  const store = await DeviceDb.open(userId, () => scope.postMessage("lost"));
  const transport = new FetchTransport(userId, clock);
  const engine = Engine.open({ store, transport, clock, rng });
  await engine.start();
  const channel = new BroadcastChannel(channelName(userId));
  serveEngine(engine, channel, (dispatch) => transport.hear(dispatch));
  // Without an answer they come when something needs them.
  void clock.sleep(PARTS_MS).then(() => engine.fetchParts()).catch(() => undefined);
  return await new Promise<never>(() => undefined);
}

navigator.locks.request(deviceLock(scope.name), () => run(scope.name))
  // A database that cannot be opened now may be had later: the tab makes another worker.
  .catch(() => scope.postMessage("lost"));
