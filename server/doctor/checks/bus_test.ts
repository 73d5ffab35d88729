import assert from "node:assert/strict";
import { runCli } from "../../../tests/harness/cli.ts";
import { freePort } from "../../../scripts/lib/free_port.ts";
import { startNats } from "../../../tests/harness/nats.ts";
import { freshDatabase } from "../../../tests/harness/postgres.ts";
import { provideSeed } from "../../../tests/harness/seed.ts";
import { tempFolder } from "../../../tests/harness/temp_folder.ts";
import { systemClock } from "../../system/clock.ts";
import { systemRng } from "../../system/rng.ts";
import type { Finding } from "../finding.ts";

/** What `openguild doctor` says about the bus of a server so configured. */
async function busFinding(env: Readonly<Record<string, string>>): Promise<Finding> {
  await using temp = await tempFolder();
  const result = await runCli(["doctor", "--json", "--port", String(freePort())], {
    workingFolder: temp.path,
    env,
    clock: systemClock,
    rng: systemRng,
  });
  const { findings } = JSON.parse(result.out) as { findings: Finding[] };
  const about = findings.filter((finding) => finding.check === "bus");
  assert.equal(about.length, 1, result.out);
  assert.equal(result.code, findings.some((one) => one.status === "problem") ? 1 : 0);
  return about[0]!;
}

function assertProblem(finding: Finding, message: RegExp, advice: RegExp): void {
  assert.equal(finding.status, "problem", JSON.stringify(finding));
  assert.match(finding.message, message);
  assert.match(finding.advice ?? "", advice);
}

Deno.test("bus: NATS that answers, is gone, refuses the login, and keeps a subject to itself", async () => {
  await using db = await freshDatabase();
  await using folder = await tempFolder();
  const rules = `${folder.path}/nats.conf`;
  await Deno.writeTextFile(
    rules,
    `authorization { users = [
      { user: og, password: "right word" },
      { user: deaf, password: "right word", permissions: { publish: ">", subscribe: "log" } },
    ] }`,
  );
  const nats = await startNats(freePort(), ["-c", rules]);
  const as = (user: string, password: string) => ({
    DATABASE_URL: db.url,
    NATS_URL: nats.url,
    OPENGUILD_BUS_NATS_USER: user,
    OPENGUILD_BUS_NATS_PASSWORD: password,
  });
  try {
    const good = await busFinding(as("og", "right word"));
    assert.deepEqual([good.status, good.message], [
      "ok",
      "A message went through NATS to a listener.",
    ]);
    const refused = await busFinding(as("og", "wrong word"));
    assertProblem(refused, /NATS at nats:.* could not be used: .*auth/i, /bus\.nats_password/);
    assert.ok(!JSON.stringify(refused).includes("wrong word"));
    assertProblem(
      await busFinding(as("deaf", "right word")),
      /on og\.doctor did not reach its listener/,
      /right to publish and subscribe to log, accounts and og\.>/,
    );
  } finally {
    await nats[Symbol.asyncDispose]();
  }
  assertProblem(
    await busFinding(as("og", "right word")),
    /NATS at nats:.* could not be used/,
    /Is nats-server running, is NATS_URL right/,
  );
});

Deno.test("bus: through Postgres where no NATS is configured, and none for one process", async () => {
  await using db = await freshDatabase();
  const through = await busFinding({ DATABASE_URL: db.url });
  assert.deepEqual([through.status, through.message], [
    "ok",
    "A message went through Postgres to a listener.",
  ]);
  await provideSeed();
  const alone = await busFinding({});
  assert.deepEqual([alone.status, alone.message], [
    "ok",
    "One process on its own database needs none.",
  ]);
});
