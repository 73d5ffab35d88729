import assert from "node:assert/strict";
import { makeVapidKey } from "../../push/seal_push.ts";
import { HttpClient } from "../../federation/http_client.ts";
import { systemClock } from "../../system/clock.ts";
import { startPushService } from "../../../tests/harness/push_service.ts";
import { type PushSenderDeps, sendPush } from "./push_sender.ts";

const PRIVATE = ["127.0.0.1", "10.1.2.3", "192.168.0.7", "169.254.169.254", "::1", "fd00::1"];

Deno.test("G23: a push service whose name leads into a private network is not dialled", async () => {
  await using service = await startPushService();
  const port = new URL(service.origin).port;
  for (const address of PRIVATE) {
    using client = new HttpClient({
      clock: systemClock,
      resolveHost: () => Promise.resolve([{ address, family: address.includes(":") ? 6 : 4 }]),
      minTls: "TLSv1.2",
    });
    const to = { ...service.subscription, endpoint: `https://push.example.org:${port}/p/one` };
    const outcome = await sendPush(depsOf(client), to, { payload: "{}", ttlS: 60 });
    assert.equal(outcome.kind, "refused", address);
    assert.match(outcome.kind === "refused" ? outcome.reason : "", /not dialled/, address);
  }
  assert.deepEqual(service.seen, []);
});

Deno.test("what a push service answers is told apart: taken, gone, refused, later", async () => {
  await using service = await startPushService();
  using client = new HttpClient({
    clock: systemClock,
    resolveHost: () => Promise.resolve([{ address: "127.0.0.1", family: 4 }]),
  });
  const deps = { ...depsOf(client), testServices: new Set([service.origin]) };
  const kinds = {
    201: "sent",
    202: "sent",
    301: "refused",
    400: "refused",
    403: "refused",
    404: "gone",
    410: "gone",
    413: "refused",
    429: "later",
    500: "later",
    503: "later",
  };
  for (const [status, kind] of Object.entries(kinds)) {
    service.answers.push(Number(status));
    assert.equal(
      (await sendPush(deps, service.subscription, { payload: "{}", ttlS: 60 })).kind,
      kind,
      status,
    );
  }
  const broken = { ...service.subscription, p256dh: "AAAA" };
  assert.equal((await sendPush(deps, broken, { payload: "{}", ttlS: 60 })).kind, "refused");
});

function depsOf(client: HttpClient): PushSenderDeps {
  return {
    client,
    key: makeVapidKey(),
    subject: "mailto:postmaster@one.test",
    testServices: new Set(),
  };
}
