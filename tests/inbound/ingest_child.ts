import type { PduResult } from "../../core/api/federation/send.ts";
import type { JsonValue } from "../../core/event/json.ts";
import { openDatabase } from "../../server/postgres/database.ts";
import { silentLog } from "../../server/system/log.ts";
import { ManualClock } from "../harness/parts.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { T0 } from "../state/room.ts";
import { openReceiver } from "./receiver.ts";
import { ROOM_SERVERS } from "./signed.ts";
import { TestKeys } from "./test_keys.ts";

/** What a test hands to the process that it will kill. */
export interface ChildWork {
  readonly url: string;
  readonly batches: readonly (readonly JsonValue[])[];
}

/** What the process says of each batch once it is acknowledged. */
export interface ChildLine {
  readonly results: readonly PduResult[];
}

if (import.meta.main) {
  const { url, batches } = JSON.parse(await Deno.readTextFile(Deno.args[0] ?? "")) as ChildWork;
  await using folder = await tempFolder();
  const database = await openDatabase({
    url,
    dataFolder: folder.path,
    poolSize: 4,
    acceptUnsafe: false,
    log: silentLog,
    onFailure: (error) => {
      throw error;
    },
  });
  const clock = new ManualClock(T0 + 3_600_000);
  const [first] = ROOM_SERVERS;
  if (first === undefined) throw new Error("no servers");
  const receiver = await openReceiver({ keys: new TestKeys(...ROOM_SERVERS), database, clock });
  for (const pdus of batches) {
    const results = await receiver.ingest.ingest({ door: "join", origin: first.name, pdus });
    console.log(JSON.stringify({ results } satisfies ChildLine));
  }
  // Killed, or told to end: it never ends by itself.
  await new Promise(() => setInterval(() => undefined, 1000));
}
