import assert from "node:assert/strict";
import { join } from "node:path";
import { OperationError } from "../../../core/errors.ts";
import { filesBelow, openTestMedia, type TestMedia, upload } from "../../../tests/harness/media.ts";
import { freshDatabase } from "../../../tests/harness/postgres.ts";
import { tempFolder } from "../../../tests/harness/temp_folder.ts";

const encoder = new TextEncoder();
const CLEAN = encoder.encode("clean as can be");
const FOUL = encoder.encode("X5O!P%@AP EICAR");

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "accepted";
  } catch (error) {
    assert.ok(error instanceof OperationError, String(error));
    return error.code;
  }
}

async function assertNothingStored(test: TestMedia): Promise<void> {
  await test.media.jobs.runOnce();
  assert.deepEqual(filesBelow(test.blobFolder), []);
  assert.deepEqual(filesBelow(test.spoolFolder), []);
  assert.equal((await test.deps.sql`select * from media`).length, 0);
}

/** A scanner as people write one: 1 for a virus, 0 for none. */
async function scanner(folder: string, script: string): Promise<string> {
  const path = join(folder, "scanner");
  await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

Deno.test("a scan program decides, and what it refuses is stored nowhere", async () => {
  await using folder = await tempFolder();
  const scanCommand = await scanner(folder.path, 'if grep -q "$1" -; then exit 1; else exit 0; fi');
  await using test = await openTestMedia({ settings: { scanCommand: `${scanCommand} EICAR` } });
  assert.equal(await codeOf(upload(test.deps, FOUL)), "rejected_by_scan");
  await assertNothingStored(test);
  assert.equal(await codeOf(upload(test.deps, CLEAN)), "accepted");
});

Deno.test("a scan program may decide before it has read everything", async () => {
  await using folder = await tempFolder();
  const scanCommand = await scanner(folder.path, "exit 0");
  await using test = await openTestMedia({ settings: { scanCommand } });
  assert.equal(await codeOf(upload(test.deps, new Uint8Array(3_000_000).fill(65))), "accepted");
});

Deno.test("a scan that fails, hangs or is missing refuses or accepts as the owner says", async () => {
  await using folder = await tempFolder();
  const broken = await scanner(folder.path, "exit 2");
  const hanging = `${folder.path}/hanging`;
  await Deno.writeTextFile(hanging, "#!/bin/sh\nexec sleep 600\n", { mode: 0o755 });
  await using database = await freshDatabase();
  for (const scanCommand of [broken, hanging, "/no/such/scanner"]) {
    for (const scanFailure of ["refuse", "accept"] as const) {
      await using test = await openTestMedia({
        settings: { scanCommand, scanFailure, scanTimeout: 500 },
        database,
      });
      const expected = scanFailure === "refuse" ? "unavailable" : "accepted";
      assert.equal(await codeOf(upload(test.deps, CLEAN)), expected, scanCommand);
      assert.equal(test.media.counters.get("scan_failures"), 1);
      if (scanFailure === "refuse") await assertNothingStored(test);
      await database.sql`delete from media`;
    }
  }
});

Deno.test("a scan address decides: 2xx accepts, 406 refuses, anything else has failed", async () => {
  const asked: { type: string | null; size: string | null }[] = [];
  await using server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen() {} },
    async (request) => {
      const body = await request.text();
      asked.push({
        type: request.headers.get("content-type"),
        size: request.headers.get("x-openguild-size"),
      });
      if (body.includes("redirect")) return Response.redirect("http://127.0.0.1:1/", 302);
      if (body.includes("broken")) return new Response("no", { status: 500 });
      return new Response(null, { status: body.includes("EICAR") ? 406 : 204 });
    },
  );
  const scanUrl = `http://127.0.0.1:${server.addr.port}/scan`;
  await using test = await openTestMedia({ settings: { scanUrl } });
  assert.equal(await codeOf(upload(test.deps, FOUL)), "rejected_by_scan");
  for (const word of ["broken", "redirect"]) {
    assert.equal(await codeOf(upload(test.deps, encoder.encode(word))), "unavailable");
  }
  await assertNothingStored(test);
  assert.equal(await codeOf(upload(test.deps, CLEAN)), "accepted");
  assert.deepEqual(asked.at(-1), { type: "text/plain", size: String(CLEAN.length) });
});
