import assert from "node:assert/strict";
import { freePort } from "../../../scripts/lib/free_port.ts";
import { startMeilisearchStandIn } from "../../../tests/harness/meilisearch_stand_in.ts";
import { Secret } from "../../config/secret.ts";
import { systemClock } from "../../system/clock.ts";
import type { Finding } from "../finding.ts";
import { checkSearch } from "./search.ts";

async function finding(url: string, key: string): Promise<Finding> {
  const search = {
    engine: "meilisearch",
    meilisearchUrl: url,
    meilisearchKey: new Secret(key),
  } as const;
  const [found] = await checkSearch({ search }, systemClock);
  assert.ok(found);
  assert.ok(!JSON.stringify(found).includes(key));
  return found;
}

function assertProblem(found: Finding, message: RegExp, advice: RegExp): void {
  assert.equal(found.status, "problem");
  assert.match(found.message, message);
  assert.match(found.advice ?? "", advice);
}

Deno.test("search: Meilisearch that answers, refuses the key, is old, is none, and is away", async () => {
  await using server = startMeilisearchStandIn();
  const good = await finding(server.url, server.key);
  assert.deepEqual(good.status, "ok", good.message);
  assert.match(good.message, /Meilisearch 1\.22\.0 at .* takes the key/);
  assertProblem(
    await finding(server.url, "another-key"),
    /does not accept search\.meilisearch_key .*API key is invalid/,
    /search\.meilisearch_key name a key/,
  );
  await using old = startMeilisearchStandIn({ version: "1.12.8" });
  assertProblem(await finding(old.url, old.key), /version 1\.12\.8/, /Upgrade .* 1\.18/);
  await using other = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => undefined },
    () => new Response("hello"),
  );
  assertProblem(
    await finding(`http://127.0.0.1:${other.addr.port}`, "some-key"),
    /is no Meilisearch: 200 to GET \/version/,
    /Meilisearch's own address/,
  );
  assertProblem(
    await finding(`http://127.0.0.1:${freePort()}`, "some-key"),
    /could not be reached/,
    /Is Meilisearch running/,
  );
});

Deno.test("search: nothing to look at where Postgres finds messages", async () => {
  const search = {
    engine: "postgres",
    meilisearchUrl: undefined,
    meilisearchKey: undefined,
  } as const;
  const [found] = await checkSearch({ search }, systemClock);
  assert.equal(found?.status, "ok");
});
