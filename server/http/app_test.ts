import assert from "node:assert/strict";
import { z } from "zod";
import { ErrorBody } from "../../core/api/error.ts";
import { defineOperation } from "../../core/api/operation.ts";
import { OperationError } from "../../core/errors.ts";
import type { UserId } from "../../core/ids/user_id.ts";
import { CountingRng, ManualClock, MemoryLog } from "../../tests/harness/parts.ts";
import { ANSWER_MS } from "./answer_deadline.ts";
import { type App, type AppOptions, createApp } from "./app.ts";
import type { Caller } from "./caller.ts";
import { webEdgeRequest } from "./edge_request.ts";
import { route } from "./route.ts";

const ada: Caller = {
  userId: "@ada:localhost" as UserId,
  sessionId: "s1",
  admin: false,
  suspended: false,
  confirmedUntil: null,
};

const base = { tag: "test", summary: "", scope: null, errors: [] } as const;
const echo = route(
  defineOperation({
    ...base,
    id: "echo",
    method: "POST",
    path: "/client/v1/echo/:name",
    auth: "user",
    params: z.object({ name: z.string().max(8) }),
    query: z.object({ times: z.coerce.number().int().min(1).max(3).default(1) }),
    body: z.object({ text: z.string(), password: z.string().min(3).optional() }),
    result: z.object({ said: z.string(), by: z.string() }),
  }),
  ({ params, query, body, caller }) =>
    Promise.resolve({
      said: `${params.name}: ${body.text.repeat(query.times)}`,
      by: caller.userId,
    }),
  { bodyBytes: 1000 },
);
const open = route(
  defineOperation({
    ...base,
    id: "open",
    method: "GET",
    path: "/client/v1/open",
    auth: "none",
    result: z.object({ ok: z.boolean() }),
  }),
  () => Promise.resolve({ ok: true }),
);
const broken = route(
  defineOperation({
    ...base,
    id: "broken",
    method: "GET",
    path: "/client/v1/broken",
    auth: "none",
    result: z.object({}),
  }),
  () => Promise.reject(new Error("secret table name")),
);
const dangerous = route(
  defineOperation({
    ...base,
    id: "dangerous",
    method: "GET",
    path: "/client/v1/dangerous",
    auth: "user",
    confirm: true,
    result: z.object({}),
  }),
  () => Promise.resolve({}),
);
const forAdmins = route(
  defineOperation({
    ...base,
    id: "forAdmins",
    method: "GET",
    path: "/client/v1/admin",
    auth: "admin",
    result: z.object({}),
  }),
  () => Promise.resolve({}),
);

function start(
  quota = 0,
  more: Partial<AppOptions> = {},
): { app: ReturnType<typeof createApp>; log: MemoryLog; clock: ManualClock } {
  const log = new MemoryLog();
  const clock = new ManualClock();
  const app = createApp({
    routes: [echo, open, broken, dangerous, forAdmins],
    clock,
    log,
    rng: new CountingRng(),
    origins: ["https://chat.example"],
    rates: {
      address: { name: "address", quota, windowMs: 10_000 },
      user: { name: "user", quota: 0, windowMs: 1000 },
    },
    rateKeyCount: 2,
    checkResults: true,
    authenticate: ({ bearer, cookie }) => {
      if (bearer === "old") {
        return Promise.reject(new OperationError("token_expired", "The token has expired."));
      }
      return Promise.resolve(
        bearer === "good" || cookie === "good"
          ? ada
          : bearer === "held"
          ? { ...ada, suspended: true }
          : undefined,
      );
    },
    ...more,
  });
  return { app, log, clock };
}

const env = { address: "192.0.2.1", secure: true };
const bearer = { authorization: "Bearer good" };

function post(app: App, body: BodyInit, headers: Record<string, string> = bearer, query = "") {
  return app.fetch(
    new Request(`https://chat.example/client/v1/echo/bob${query}`, {
      method: "POST",
      body,
      headers: { host: "chat.example", "content-type": "application/json", ...headers },
    }),
    env,
  );
}

async function errorOf(response: Response) {
  return { status: response.status, ...ErrorBody.parse(await response.json()).error };
}

Deno.test("a handler that is stuck is answered for in time, one that waits by design is waited for", async () => {
  const stuck = Promise.withResolvers<{ done: boolean }>();
  const of = (id: string, waits: boolean) =>
    route(
      defineOperation({
        id,
        scope: null,
        method: "GET",
        path: `/client/v1/${id}`,
        tag: "test",
        summary: id,
        auth: "none",
        waits,
        result: z.object({ done: z.boolean() }),
        errors: [],
      }),
      () => stuck.promise,
    );
  const { app, clock } = start(0, { routes: [of("stuck", false), of("poll", true)] });
  const ask = (id: string) => app.fetch(new Request(`https://chat.example/client/v1/${id}`), env);
  const [late, polled] = [ask("stuck"), ask("poll")];
  // Until it is looked after, which is when the handler has been reached.
  await new Promise((resolve) => setTimeout(resolve, 0));
  clock.advance(ANSWER_MS);
  const answer = await errorOf(await late);
  assert.equal(answer.status, 503);
  assert.equal(answer.code, "unavailable");
  assert.match(answer.message, /does not answer in time/);
  stuck.resolve({ done: true });
  assert.deepEqual(await (await polled).json(), { done: true });
});

Deno.test("a valid call reaches the handler with typed input and is answered as JSON", async () => {
  const { app, log } = start();
  const response = await post(app, '{"text":"hi"}', bearer, "?times=2");
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { said: "bob: hihi", by: ada.userId });
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
  assert.equal(response.headers.get("cache-control"), "no-store");
  const line = log.lines.find((held) => held.message === "request");
  assert.equal(line?.fields["route"], "/client/v1/echo/:name");
  assert.equal(line?.fields["request_id"], response.headers.get("x-request-id"));
  assert.equal(line?.fields["user_id"], ada.userId);
});

Deno.test("invalid input names the field and the value, and hides secrets", async () => {
  const { app } = start();
  const query = await errorOf(await post(app, '{"text":"a"}', bearer, "?times=9"));
  assert.equal(query.code, "invalid");
  assert.equal(query.status, 400);
  assert.match(query.message, /query\.times.*"9"/);
  const body = await errorOf(await post(app, '{"text":7}'));
  assert.match(body.message, /body\.text is not valid .it was 7./);
  const secret = await errorOf(await post(app, '{"text":"a","password":"pq"}'));
  assert.doesNotMatch(JSON.stringify(secret), /pq/);
});

Deno.test("bodies that are too large, not JSON, too deep or poisoned are refused", async () => {
  const { app } = start();
  const cases: [BodyInit, string][] = [
    [JSON.stringify({ text: "x".repeat(2000) }), "too_large"],
    ["{", "bad_json"],
    [new Uint8Array([0x22, 0xff, 0x22]), "bad_json"],
    [`{"text":${"[".repeat(60)}${"]".repeat(60)}}`, "bad_json"],
    ['{"text":"a","__proto__":{"admin":true}}', "bad_json"],
    ['{"text":"a","\\u005f_proto__":{"admin":true}}', "bad_json"],
    ['{"text":"\\ud800"}', "bad_json"],
    ['{"text":"a","more":[["\\udc00\\ud800"]]}', "bad_json"],
    ['{"text":"a","\\ud800":1}', "bad_json"],
    ['"\\ud800"', "bad_json"],
  ];
  for (const [body, code] of cases) {
    assert.equal((await errorOf(await post(app, body))).code, code, String(body));
  }
  assert.equal((await post(app, '{"text":"\\ud83d\\udca5"}')).status, 200);
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(600)),
  });
  assert.equal((await errorOf(await post(app, endless))).code, "too_large");
  const form = await post(app, "text=a", {
    ...bearer,
    "content-type": "application/x-www-form-urlencoded",
  });
  assert.equal((await errorOf(form)).code, "unsupported_media");
});

Deno.test("a packed body is refused, however well it is packed", async () => {
  const { app } = start();
  const packed = await new Response(
    new Blob(['{"text":"hi"}']).stream().pipeThrough(new CompressionStream("gzip")),
  ).bytes();
  for (const coding of ["gzip", "br", "identity, gzip"]) {
    const answer = await errorOf(
      await post(app, packed, { ...bearer, "content-encoding": coding }),
    );
    assert.equal(answer.status, 415);
    assert.match(answer.message, /coding is ".*"; send it as it is/);
  }
  const plain = await post(app, '{"text":"hi"}', { ...bearer, "content-encoding": "identity" });
  assert.equal(plain.status, 200);
});

Deno.test("credentials: bearer, cookie with our own origin, nobody", async () => {
  const { app } = start();
  const codeWith = async (headers: Record<string, string>) => {
    const response = await post(app, '{"text":"a"}', headers);
    return response.status === 200 ? "ok" : (await errorOf(response)).code;
  };
  const cookie = "a=b; __Host-og_session=good";
  assert.equal(await codeWith({}), "unauthorized");
  assert.equal(await codeWith({ authorization: "Bearer bad" }), "unauthorized");
  assert.equal(await codeWith({ authorization: "Bearer held" }), "account_suspended");
  assert.equal(await codeWith({ authorization: "Basic good" }), "unauthorized");
  assert.equal(await codeWith({ authorization: "Bearer old" }), "token_expired");
  assert.equal(await codeWith({ cookie, origin: "https://chat.example" }), "ok");
  assert.equal(await codeWith({ cookie }), "bad_origin");
  assert.equal(await codeWith({ cookie, origin: "null" }), "bad_origin");
  assert.equal(await codeWith({ cookie, origin: "http://chat.example" }), "bad_origin");
  assert.equal(await codeWith({ cookie, origin: "https://evil.example" }), "bad_origin");
  assert.equal(
    await codeWith({ cookie: "og_session=good", origin: "https://chat.example" }),
    "unauthorized",
  );
});

Deno.test("administration, confirmation, unknown addresses and methods", async () => {
  const { app } = start();
  const get = async (path: string, method = "GET") =>
    await errorOf(
      await app.fetch(new Request(`https://x${path}`, { method, headers: bearer }), env),
    );
  assert.equal((await get("/client/v1/admin")).code, "forbidden");
  assert.equal((await get("/client/v1/dangerous")).code, "confirmation_required");
  assert.equal((await get("/client/v1/nothing")).code, "not_found");
  assert.equal((await get("/client/v1/open", "DELETE")).code, "method_not_allowed");
});

Deno.test("a method that the web's requests cannot have is refused before pages are asked", async () => {
  const { app } = start(0, { pages: () => Promise.resolve(new Response("a page")) });
  const trace = {
    ...webEdgeRequest(new Request("https://x/")),
    method: "TRACE",
    get request(): Request {
      return new Request("https://x/", { method: "TRACE" });
    },
  };
  assert.equal((await app.answer(trace, env)).status, 405);
  assert.equal(await (await app.fetch(new Request("https://x/"), env)).text(), "a page");
});

Deno.test("a fault shows nothing internal; the log has its cause under the request id", async () => {
  const { app, log } = start();
  const response = await app.fetch(new Request("https://x/client/v1/broken"), env);
  const error = await errorOf(response);
  assert.equal(error.status, 500);
  assert.doesNotMatch(JSON.stringify(error), /secret|table/);
  const line = log.lines.find((held) => held.message === "request failed");
  assert.equal(line?.fields["request_id"], error.request_id);
  assert.match(String(line?.fields["cause"]), /secret table name/);
});

Deno.test("rate limits: headers, refusal with the time to wait, recovery", async () => {
  const { app, clock } = start(3);
  const call = (address = env.address, internal = false) =>
    app.fetch(new Request("https://x/client/v1/open"), { address, secure: true, internal });
  for (let left = 2; left >= 0; left--) {
    const response = await call();
    assert.equal(response.status, 200);
    assert.match(response.headers.get("ratelimit") ?? "", new RegExp(`^"address";r=${left};`));
    assert.equal(response.headers.get("ratelimit-policy"), '"address";q=3;w=10');
  }
  const refused = await call();
  assert.equal(refused.headers.get("retry-after"), "4");
  assert.equal((await errorOf(refused)).code, "rate_limited");
  assert.equal((await call(env.address, true)).status, 200);
  assert.equal((await call("192.0.2.2")).status, 200);
  clock.advance(3400);
  assert.equal((await call()).status, 200);
});
