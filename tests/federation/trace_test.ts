import assert from "node:assert/strict";
import { waitFor } from "../harness/wait_for.ts";

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
}

/** Takes traces in as OTLP in JSON. */
function openCollector() {
  const spans: Span[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => undefined },
    async (request) => {
      const body = await request.json();
      for (const resource of body.resourceSpans ?? []) {
        for (const scope of resource.scopeSpans) spans.push(...scope.spans);
      }
      return Response.json({});
    },
  );
  return { spans, port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("one trace shows the client's request, the home server and the peer that got the message", async () => {
  await using collector = openCollector();
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      new URL("../harness/traced_child.ts", import.meta.url).pathname,
    ],
    env: {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.port}`,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  assert.ok(output.success, new TextDecoder().decode(output.stderr));
  const byId = new Map<string, Span>();
  const chain = await waitFor("a whole trace", () => {
    for (const span of collector.spans) byId.set(span.spanId, span);
    const chains = collector.spans
      .filter(({ name }) => name === "answer sendTransaction of one.test")
      .map((answer) => ancestorsOf(answer, byId));
    return Promise.resolve(
      chains.find(([, , request]) => request?.name === "POST /client/v1/rooms/:room_id/send"),
    );
  });
  const [answer, ask, request, client] = chain;
  assert.equal(ask?.name, "ask sendTransaction of two.test");
  assert.equal(client?.name, "POST", "the request as its client saw it");
  assert.deepEqual(
    [ask, request, client].map((span) => span?.traceId),
    Array.from({ length: 3 }, () => answer?.traceId),
  );
  // Without a collector the same is to be read in the logs.
  const lines = new TextDecoder().decode(output.stdout).trimEnd().split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>)
    .filter(({ message, trace_id: id }) => message === "request" && id === answer?.traceId);
  const answered = new Set(lines.map(({ server, route }) => `${server} ${route}`));
  assert.ok(answered.has("0 /client/v1/rooms/:room_id/send"), [...answered].join());
  assert.ok(answered.has("1 /_federation/send/:txn_id"), [...answered].join());
  assert.ok(lines.every(({ request_id: id }) => typeof id === "string"));
});

/** A span, what it is part of, and so on. */
function ancestorsOf(span: Span, byId: ReadonlyMap<string, Span>): Span[] {
  const chain: Span[] = [];
  for (let at: Span | undefined = span; at !== undefined; at = byId.get(at.parentSpanId)) {
    chain.push(at);
  }
  return chain;
}
