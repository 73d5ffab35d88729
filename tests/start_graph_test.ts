import assert from "node:assert/strict";
import { reachable, readImports } from "../scripts/lib/graph.ts";
import { listSources } from "../scripts/lib/suites.ts";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

/** What `main.ts` and `server/start.ts` load of the program to serve, each by an `import()`. */
const STARTS = [
  "main.ts",
  "server/start.ts",
  "server/app.ts",
  "server/cli/program.ts",
  "server/cli/system_io.ts",
];

/** Packages that every start loads. Each is in the memory of every server for as long as it runs. */
const AT_START = [
  "@noble/hashes",
  "@opentelemetry/api",
  "@scure/base",
  "commander",
  "hash-wasm",
  "hono",
  "postgres",
  "ws",
  "yaml",
  "zod",
];

/** Parts that many servers never need: loaded by whoever needs them first. */
const LATER = [
  "npm:@aws-sdk/client-s3",
  "npm:@nats-io/transport-node",
  "npm:@noble/ciphers",
  "npm:@simplewebauthn/server",
  "npm:htmlparser2",
  "npm:marked",
  "npm:nodemailer",
  "npm:openid-client",
  "npm:otpauth",
  "npm:preact",
  "npm:tar-stream",
  "npm:ts-mls",
  "npm:wasm-vips",
  "npm:web-push",
  "npm:werift",
  "core/mls/readers.ts",
  "server/backup/create_backup.ts",
  "server/cli/commands/admin.ts",
  "server/doctor/run_checks.ts",
  "ui/main.ts",
  "voice/sfu/open_sfu.ts",
];

Deno.test("a start loads no more packages than are named, and leaves to later what may wait", async () => {
  const edges = await readImports(root, listSources(root));
  const atStart = reachable(edges.filter((edge) => !edge.dynamic), STARTS);
  const packages = [...atStart].filter((each) => each.startsWith("npm:"));
  assert.deepEqual(packages.map((each) => each.slice("npm:".length)).sort(), AT_START);

  const ever = reachable(edges, STARTS);
  for (const part of LATER) {
    // A name that leads nowhere would guard nothing.
    assert.ok(ever.has(part), `${part} is not part of the program`);
    assert.ok(!atStart.has(part), `${part} is loaded at every start: import() it where it is used`);
  }
});

Deno.test("what a start loads is what main.ts and server/start.ts import() to serve", async () => {
  const edges = await readImports(root, ["main.ts", "server/start.ts"]);
  const loaded = edges.filter((edge) => edge.dynamic && !edge.typeOnly).map((edge) => edge.to);
  const others = ["server/services/media/picture/worker.ts"];
  assert.deepEqual([...new Set(loaded)].sort(), [...STARTS.slice(1), ...others].sort());
});
