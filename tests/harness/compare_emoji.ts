import assert from "node:assert/strict";
import type { DeviceClient } from "./device_client.ts";
import { waitFor } from "./wait_for.ts";

/** Two devices compare emoji, and both people say that they are the same. */
export async function compare(
  one: DeviceClient,
  other: DeviceClient,
  id: string,
): Promise<void> {
  const view = (client: DeviceClient) => client.engine.verifications().find((run) => run.id === id);
  const phase = (client: DeviceClient, wanted: string) =>
    waitFor(`${client.person.id}: ${wanted}`, () => view(client)?.phase === wanted);
  await phase(other, "asked");
  await other.engine.acceptVerification(id);
  await phase(one, "compare");
  await phase(other, "compare");
  assert.deepEqual(view(one)?.emoji, view(other)?.emoji);
  await one.engine.confirmVerification(id);
  await other.engine.confirmVerification(id);
  await phase(one, "done");
  await phase(other, "done");
}
