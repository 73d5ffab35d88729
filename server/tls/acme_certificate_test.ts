import assert from "node:assert/strict";
import { freePort } from "../../scripts/lib/free_port.ts";
import { ManualClock, MemoryLog } from "../../tests/harness/parts.ts";
import { type Pebble, startPebble } from "../../tests/harness/pebble.ts";
import { tempFolder } from "../../tests/harness/temp_folder.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import { loadConfig } from "../config/config.ts";
import { systemClock } from "../system/clock.ts";
import { readCertificate, TlsError } from "./certificate.ts";
import { openTls } from "./open_tls.ts";

const NAME = "chat.example.test";

async function configFor(pebble: Pebble, folder: string) {
  await Deno.writeTextFile(`${folder}/authority.pem`, pebble.authorityPem);
  return loadConfig({
    env: {},
    workingFolder: folder,
    readFile: () => undefined,
    flags: new Map(Object.entries({
      "listen.host": "127.0.0.1",
      "listen.port": String(freePort()),
      "tls.acme": NAME,
      "tls.acme_directory": pebble.directoryUrl,
      "tls.acme_ca": `${folder}/authority.pem`,
      "tls.acme_email": "admin@example.test",
      "tls.redirect_port": String(pebble.httpPort),
    })),
  });
}

Deno.test("a certificate is had from a real authority, kept, and renewed without a restart", async () => {
  await using folder = await tempFolder();
  await using pebble = await startPebble({ validitySeconds: 90 * 86_400 });
  const config = await configFor(pebble, folder.path);
  const clock = new ManualClock(systemClock.now());
  const log = new MemoryLog();
  let first = "";
  {
    await using tls = await openTls(config, { clock, log });
    assert.ok(tls);
    first = tls.current.cert;
    const facts = readCertificate(first);
    assert.ok(facts.covers(NAME));
    assert.ok(!facts.covers("other.example.test"));
    assert.match(tls.current.key, /PRIVATE KEY/);
    const mode = (await Deno.stat(`${config.dataFolder}/acme/key.pem`)).mode ?? 0;
    assert.equal(mode & 0o777, 0o600);

    const taken: string[] = [];
    tls.onChange((certificate) => void taken.push(certificate.cert));
    const passDays = async (days: number) => {
      for (let day = 0; day < days; day++) {
        clock.advance(86_400_000);
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    };
    await passDays(59);
    assert.equal(log.lines.filter((line) => line.message === "Fetching a certificate.").length, 1);
    await passDays(2);
    await waitFor("the renewed certificate", () => taken.length > 0);
    assert.notEqual(taken[0], first);
    assert.equal(tls.current.cert, taken[0]);
    first = taken[0] ?? "";
  }
  await using again = await openTls(config, { clock, log });
  assert.equal(again?.current.cert, first, "a restart orders nothing");
});

Deno.test("when the authority cannot be reached the message names it and what to look at", async () => {
  await using folder = await tempFolder();
  const authority: Pebble = {
    directoryUrl: `https://localhost:${freePort()}/dir`,
    authorityPem: "",
    httpPort: freePort(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const config = await configFor(authority, folder.path);
  await assert.rejects(
    openTls(config, { clock: new ManualClock(), log: new MemoryLog() }),
    (error) => {
      assert.ok(error instanceof TlsError);
      assert.match(error.message, /No certificate for chat\.example\.test.*localhost.*port 80/s);
      return true;
    },
  );
});
