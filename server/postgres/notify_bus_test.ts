import { busContract } from "../../tests/contract/bus.ts";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import { silentLog } from "../system/log.ts";
import { NotifyBus } from "./notify_bus.ts";

Deno.test("the bus of several processes without NATS, on a real Postgres", async (t) => {
  await using database = await freshDatabase();
  let count = 0;
  const open = () =>
    NotifyBus.connect({ url: database.url, processId: `p${++count}`, log: silentLog });
  await busContract(t, async () => ({ near: await open(), far: await open() }));
});
