import assert from "node:assert/strict";
import { provideSeed } from "../../../tests/harness/seed.ts";
import { tempFolder } from "../../../tests/harness/temp_folder.ts";
import { type Database, openDatabase } from "../database.ts";
import { silentLog } from "../../system/log.ts";

async function open(
  folder: string,
  onProgress: (sentence: string) => void = () => {},
): Promise<Database> {
  await provideSeed();
  return await openDatabase({
    dataFolder: folder,
    poolSize: 4,
    acceptUnsafe: false,
    log: silentLog,
    onProgress,
    onFailure: (error) => {
      throw error;
    },
  });
}

Deno.test("the embedded database keeps what it stored, and many connections share it", async () => {
  await using folder = await tempFolder();
  const said: string[] = [];
  {
    await using db = await open(folder.path, (sentence) => said.push(sentence));
    await db.sql`create table kept (n int)`;
    await Promise.all(Array.from({ length: 40 }, async (_, n) => {
      if (n % 4 > 0) return await db.sql`insert into kept values (${n})`;
      return await db.sql.begin(async (tx) => {
        await tx`insert into kept values (${n})`;
        await tx`insert into kept values (${n + 1000})`;
      });
    }));
    await assert.rejects(
      db.sql.begin(async (tx) => {
        await tx`insert into kept values (-1)`;
        await tx`select 1/0`;
      }),
      /division by zero/,
    );
    await assert.rejects(async () => await db.logSql`select broken`, /broken/);
  }
  await using again = await open(folder.path, (sentence) => said.push(sentence));
  assert.deepEqual(said, ["Making the database; this happens once and takes some seconds."]);
  const [row] = await again.sql<{ count: number; least: number }[]>`
    select count(*) as count, min(n) as least from kept`;
  assert.deepEqual(row && { ...row }, { count: 50, least: 0 });
});

Deno.test("a half-made embedded database is made again", async () => {
  await using folder = await tempFolder();
  await Deno.mkdir(`${folder.path}/postgres/base`, { recursive: true });
  await Deno.writeTextFile(`${folder.path}/postgres/PG_VERSION`, "18\n");
  await using db = await open(folder.path);
  assert.equal((await db.sql`select 1`).length, 1);
});
