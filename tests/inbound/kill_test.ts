import assert from "node:assert/strict";
import { join } from "node:path";
import type { JsonValue } from "../../core/event/json.ts";
import { stateHash } from "../../core/state/state_hash.ts";
import { openDatabase } from "../../server/postgres/database.ts";
import { silentLog } from "../../server/system/log.ts";
import { ManualClock } from "../harness/parts.ts";
import { freshDatabase } from "../harness/postgres.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { Random } from "../state/random.ts";
import { randomRoom } from "../state/random_room.ts";
import { T0 } from "../state/room.ts";
import type { ChildLine, ChildWork } from "./ingest_child.ts";
import { openReceiver } from "./receiver.ts";
import { ROOM_SERVERS, signedPdu } from "./signed.ts";
import { TestKeys } from "./test_keys.ts";

const KILLS = 3;

/** Starts a process that takes the batches in, and kills it once it acknowledged so many. */
async function killAfter(work: ChildWork, folder: string, lines: number): Promise<ChildLine[]> {
  const file = join(folder, `${crypto.randomUUID()}.json`);
  await Deno.writeTextFile(file, JSON.stringify(work));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", join(import.meta.dirname ?? ".", "ingest_child.ts"), file],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const told: ChildLine[] = [];
  let text = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      told.push(JSON.parse(text.slice(0, end)) as ChildLine);
      text = text.slice(end + 1);
      // In the middle of the next batch, whatever it is doing.
      if (told.length === lines) child.kill("SIGKILL");
    }
  }
  await child.status;
  return told;
}

Deno.test(`a process that is killed ${KILLS} times while events come in loses nothing that it acknowledged`, async () => {
  await using folder = await tempFolder();
  await using fresh = await freshDatabase();
  const random = new Random(71);
  const room = randomRoom(random, 40);
  const signed = await Promise.all(
    [...room.events.values()].map((event) => signedPdu(event, ROOM_SERVERS)),
  );
  const [create, ...rest] = signed;
  assert(create !== undefined);
  // Out of order, so that some wait.
  const order = [create, ...random.shuffle(rest)];
  const batches: JsonValue[][] = [];
  for (let at = 0; at < order.length; at += 5) batches.push(order.slice(at, at + 5));
  const acknowledged = new Set<string>();
  for (let kill = 0; kill < KILLS; kill++) {
    const lines = 2 + random.below(batches.length - 3);
    for (const { results } of await killAfter({ url: fresh.url, batches }, folder.path, lines)) {
      for (const { outcome, event_id: id } of results) {
        assert.notEqual(outcome, "dropped");
        if (id !== undefined) acknowledged.add(id);
      }
    }
    const rows = await fresh.sql<{ event_id: string }[]>`
      select event_id from events union select event_id from waiting_events`;
    const held = new Set(rows.map((row) => row.event_id));
    for (const id of acknowledged) assert(held.has(id), `${id} was acknowledged and is lost`);
  }
  const database = await openDatabase({
    url: fresh.url,
    dataFolder: folder.path,
    poolSize: 4,
    acceptUnsafe: false,
    log: silentLog,
    onFailure: (error) => {
      throw error;
    },
  });
  await using _database = database;
  const clock = new ManualClock(T0 + 3_600_000);
  await using receiver = await openReceiver({
    keys: new TestKeys(...ROOM_SERVERS),
    database,
    clock,
  });
  for (const pdus of batches) {
    await receiver.ingest.ingest({ door: "join", origin: ROOM_SERVERS[0]!.name, pdus });
  }
  await waitFor("everything to be judged", async () => {
    clock.advance(1000);
    const [row] = await receiver.sql<{ count: number }[]>`
      select count(*)::int as count from waiting_events`;
    return row?.count === 0 ? true : undefined;
  });
  const held = await receiver.rooms.open(room.roomId);
  assert(held !== undefined);
  assert.equal(stateHash(held.tip.state), stateHash(room.state));
});
