import assert from "node:assert/strict";
import type { Bus } from "../../core/ports/bus.ts";
import { waitFor } from "../harness/wait_for.ts";

/**
 * What every bus gives. `open` gives two ends of one bus: of two processes, or the same twice
 * where the bus is one process. Delivery is awaited, because a bus may take its time.
 */
export async function busContract(
  t: Deno.TestContext,
  open: () => Promise<{ readonly near: Bus; readonly far: Bus }>,
): Promise<void> {
  await t.step(
    "every subscriber of the subject hears a message once, bytes unchanged",
    async () => {
      const { near, far } = await open();
      const heard: Uint8Array[][] = [[], [], []];
      far.subscribe("room.!a", (payload) => heard[0]?.push(payload));
      far.subscribe("room.!a", (payload) => heard[1]?.push(payload));
      far.subscribe("room.!b", (payload) => heard[2]?.push(payload));
      await settled(near, far);
      const bytes = Uint8Array.from({ length: 300 }, (_, n) => n % 256);
      near.publish("room.!a", bytes);
      near.publish("room.!a", new Uint8Array(0));
      await settled(near, far);
      for (const own of heard.slice(0, 2)) {
        assert.deepEqual(own.map((payload) => new Uint8Array(payload)), [bytes, new Uint8Array(0)]);
      }
      assert.deepEqual(heard[2], []);
      await close(near, far);
    },
  );

  await t.step("messages of one publisher on one subject keep their order", async () => {
    const { near, far } = await open();
    const heard: number[] = [];
    far.subscribe("order", (payload) => heard.push(payload[0] ?? -1));
    await settled(near, far);
    for (let n = 0; n < 200; n++) near.publish("order", new Uint8Array([n]));
    await settled(near, far);
    assert.deepEqual(heard, Array.from({ length: 200 }, (_, n) => n));
    await close(near, far);
  });

  await t.step("an ended subscription hears nothing more, the others still do", async () => {
    const { near, far } = await open();
    const heard: string[] = [];
    const end = far.subscribe("news", () => heard.push("ended"));
    far.subscribe("news", () => heard.push("kept"));
    await settled(near, far);
    end();
    end();
    await settled(far, near);
    near.publish("news", new Uint8Array([1]));
    await settled(near, far);
    assert.deepEqual(heard, ["kept"]);
    await close(near, far);
  });

  await t.step("a message that nobody hears is gone", async () => {
    const { near, far } = await open();
    near.publish("early", new Uint8Array([1]));
    await settled(near, far);
    const heard: Uint8Array[] = [];
    far.subscribe("early", (payload) => heard.push(payload));
    await settled(near, far);
    assert.deepEqual(heard, []);
    await close(near, far);
  });
}

/** All that `near` sent so far has come to `far`: a message sent after it has. */
async function settled(near: Bus, far: Bus): Promise<void> {
  const subject = `settled.${crypto.randomUUID()}`;
  let come = false;
  const end = far.subscribe(subject, () => come = true);
  await waitFor("the bus to deliver", () => {
    near.publish(subject, new Uint8Array([0]));
    return come;
  });
  end();
}

async function close(near: Bus, far: Bus): Promise<void> {
  await near.close();
  if (far !== near) await far.close();
}
