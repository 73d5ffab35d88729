import { busContract } from "../../tests/contract/bus.ts";
import { LocalBus } from "./local_bus.ts";

Deno.test("the bus of one process", async (t) => {
  await busContract(t, () => {
    const bus = new LocalBus();
    return Promise.resolve({ near: bus, far: bus });
  });
});
