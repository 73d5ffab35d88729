/**
 * What a person waits for on a new device: from the login with the recovery key to a readable
 * page of a history of 10,000 messages, over a real server, beside the chunks fetched bare.
 * `deno run -A tests/bench/new_device.ts [--tiny]`
 */
import { join } from "node:path";
import { Archive } from "../../core/e2ee/engine/archive.ts";
import { eventIdFromHash } from "../../core/ids/event_id.ts";
import { type BenchSize, tellFigure } from "../../scripts/lib/figure.ts";
import { readSize } from "./read_size.ts";
import { systemRng as rng } from "../../server/system/rng.ts";
import { DeviceClient, dmOf, signInAgain } from "../harness/device_client.ts";
import { makeGuild, type Person, startHomeserver } from "../harness/homeserver.ts";
import { tempFolder } from "../harness/temp_folder.ts";

const FULL = { keys: 10_000, page: 50 };
const TINY: typeof FULL = { keys: 40, page: 3 };
const ROWS_PER_WRITE = 1000;

/** Content keys of a long history, as the feed would have brought them. */
async function fillArchive(client: DeviceClient, roomId: string, count: number): Promise<void> {
  const archive = new Archive(client.store);
  for (let at = 0; at < count; at += ROWS_PER_WRITE) {
    const rows = Array.from(
      { length: Math.min(ROWS_PER_WRITE, count - at) },
      () =>
        archive.put(roomId, eventIdFromHash(rng.bytes(32)), {
          nonce: rng.bytes(16),
          contentKey: rng.bytes(32),
          hash: rng.bytes(32),
          kind: "message",
          device: undefined,
        }),
    );
    await client.store.write(rows);
  }
}

/** The chunks alone, neither opened nor kept (ms). */
async function fetchBare(person: Person): Promise<number> {
  const begun = performance.now();
  for (let after = 0, more = true; more;) {
    const page = await person.do("GET", `/backup/chunks?after=${after}`);
    more = page.more;
    after = page.chunks.at(-1)?.seq ?? after;
  }
  return performance.now() - begun;
}

export async function measureNewDevice(size: BenchSize): Promise<void> {
  const { keys, page } = size.tiny ? TINY : FULL;
  await using server = await startHomeserver();
  await using folder = await tempFolder();
  const { owner: ada, members: [bo] } = await makeGuild(server, ["ada", "bo"]);
  if (bo === undefined) throw new Error("The guild has no second member.");
  await using a = await DeviceClient.open(ada, { folder: join(folder.path, "a") });
  await using b = await DeviceClient.open(bo, { folder: join(folder.path, "b") });
  await a.engine.setUp({ name: "a" });
  await b.engine.setUp({ name: "b" });
  const { room_id: roomId } = await ada.do("POST", "/dms", { user_id: bo.id });
  await a.engine.enable(roomId, dmOf(ada, bo));
  for (let at = 0; at < page; at++) await a.send(roomId, `message ${at}`);
  await fillArchive(b, roomId, keys - page);
  const { recoveryKey } = await b.engine.createBackup();
  const bare = await fetchBare(bo);
  const begun = performance.now();
  const again = await signInAgain(server, bo);
  await using phone = await DeviceClient.open(again, { folder: join(folder.path, "phone") });
  await phone.engine.setUp({ name: "phone" });
  const restored = await phone.engine.restore({ recoveryKey });
  const texts = await phone.texts(roomId, 0);
  const value = performance.now() - begun;
  const read = texts.filter((text) => text.startsWith("message ")).length;
  if (restored.keys < keys || read < page) {
    throw new Error(`Only ${restored.keys} keys came, only ${read} of ${page} messages open.`);
  }
  tellFigure({
    bench: "new_device",
    name: `login to readable history, ${keys} messages`,
    value,
    unit: "ms",
    control: { name: "chunks fetched bare", value: bare },
    target: { of: "value", atMost: 10_000 },
  });
}

if (import.meta.main) await measureNewDevice(readSize(Deno.args));
