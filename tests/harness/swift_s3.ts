import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { join } from "node:path";
import { freePort } from "../../scripts/lib/free_port.ts";

/** OpenStack Swift with its S3 door: a real S3 server, with real signature checks. */
export interface SwiftS3 extends AsyncDisposable {
  readonly endpoint: string;
  readonly region: "us-east-1";
  readonly accessKeyId: "test:tester";
  readonly secretAccessKey: "testing";
  makeBucket(name: string): Promise<void>;
}

const ACCESS_KEY = "test:tester";
const SECRET_KEY = "testing";
const START_TRIES = 300;
const START_TRY_MS = 100;
const KINDS = ["account", "container", "object"] as const;

/**
 * Starts memcached, the three storage servers and the proxy on free loopback ports, all in
 * one temporary folder. Needs Debian's swift-proxy, swift-account, swift-container,
 * swift-object and memcached. Swift drops to its configured user; it runs as whoever we are.
 */
export async function startSwiftS3(): Promise<SwiftS3> {
  const folder = await Deno.makeTempDir({ prefix: "og-swift-" });
  const processes: Deno.ChildProcess[] = [];
  const stop = async () => {
    for (const child of processes) {
      try {
        child.kill("SIGKILL");
      } catch (error) {
        if (!(error instanceof TypeError)) throw error; // has ended by itself
      }
    }
    await Promise.all(processes.map((child) => child.status));
    await Deno.remove(folder, { recursive: true });
  };
  try {
    const ports = { proxy: freePort(), memcache: freePort() };
    const storage = Object.fromEntries(KINDS.map((kind) => [kind, freePort()]));
    await Deno.mkdir(join(folder, "devices", "d1"), { recursive: true });
    await writeConfiguration(folder, ports, storage);
    processes.push(spawn("memcached", [
      "-l",
      "127.0.0.1",
      "-p",
      String(ports.memcache),
      "-m",
      "16",
      "-u",
      userName(),
    ]));
    for (const kind of KINDS) {
      processes.push(spawn(`swift-${kind}-server`, [join(folder, `${kind}-server.conf`)]));
    }
    // A proxy that finds a storage server absent leaves it alone for a minute.
    for (const [kind, port] of Object.entries(storage)) {
      await untilAnswering(`${kind} server, port ${port}`, () => isListening(port));
    }
    processes.push(spawn("swift-proxy-server", [join(folder, "proxy-server.conf")]));
    const endpoint = `http://127.0.0.1:${ports.proxy}`;
    await untilAnswering(endpoint, () => isHealthy(`${endpoint}/healthcheck`));
    return {
      endpoint,
      region: "us-east-1",
      accessKeyId: ACCESS_KEY,
      secretAccessKey: SECRET_KEY,
      makeBucket: (name) => makeBucket(endpoint, name),
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function makeBucket(endpoint: string, name: string): Promise<void> {
  const client = new S3Client({
    endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY },
  });
  await client.send(new CreateBucketCommand({ Bucket: name }));
  client.destroy();
}

async function writeConfiguration(
  folder: string,
  ports: { proxy: number; memcache: number },
  storage: Readonly<Record<string, number>>,
): Promise<void> {
  const user = userName();
  const common = (port: number) =>
    `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
user = ${user}
swift_dir = ${folder}
devices = ${join(folder, "devices")}
mount_check = false
workers = 0
log_statsd_host =
log_address = ${join(folder, "nolog")}
`;
  await Deno.writeTextFile(
    join(folder, "swift.conf"),
    `[swift-hash]
swift_hash_path_prefix = og
swift_hash_path_suffix = og
[storage-policy:0]
name = default
default = yes
`,
  );
  for (const kind of KINDS) {
    const port = storage[kind] ?? 0;
    await Deno.writeTextFile(
      join(folder, `${kind}-server.conf`),
      `${common(port)}
[pipeline:main]
pipeline = ${kind}-server
[app:${kind}-server]
use = egg:swift#${kind}
conn_timeout = 30
node_timeout = 60
`,
    );
    const builder = join(folder, `${kind}.builder`);
    await run("swift-ring-builder", [builder, "create", "8", "1", "1"]);
    await run("swift-ring-builder", [builder, "add", `r1z1-127.0.0.1:${port}/d1`, "1"]);
    await run("swift-ring-builder", [builder, "rebalance"]);
  }
  await Deno.writeTextFile(join(folder, "proxy-server.conf"), proxyConfiguration(common, ports));
}

function proxyConfiguration(
  common: (port: number) => string,
  ports: { proxy: number; memcache: number },
): string {
  const plain = ["catch_errors", "healthcheck", "listing_formats", "bulk", "s3api", "slo"];
  return `${common(ports.proxy)}
[pipeline:main]
pipeline = catch_errors healthcheck proxy-logging cache listing_formats bulk s3api tempauth slo proxy-logging proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
# A busy machine is slow, not broken: the defaults are half a second and ten.
conn_timeout = 30
node_timeout = 60
recoverable_node_timeout = 60
${plain.map((name) => `[filter:${name}]\nuse = egg:swift#${name}\n`).join("")}
[filter:proxy-logging]
use = egg:swift#proxy_logging
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${ports.memcache}
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
`;
}

function spawn(command: string, args: string[]): Deno.ChildProcess {
  return new Deno.Command(command, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    env: { PYTHONWARNINGS: "ignore" },
  }).spawn();
}

async function run(command: string, args: string[]): Promise<void> {
  const output = await new Deno.Command(command, { args, stdout: "piped", stderr: "piped" })
    .output();
  // swift-ring-builder answers 1 for "done, with a warning".
  if (output.code > 1) {
    const text = new TextDecoder().decode(output.stderr) + new TextDecoder().decode(output.stdout);
    throw new Error(`${command} ${args.join(" ")} ended with ${output.code}: ${text}`);
  }
}

async function untilAnswering(what: string, ask: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < START_TRIES; tries++) {
    try {
      if (await ask()) return;
    } catch (error) {
      const refused = error instanceof TypeError || error instanceof Deno.errors.ConnectionRefused;
      if (!refused) throw error; // anything else is not a server that is still starting
    }
    await new Promise((resolve) => setTimeout(resolve, START_TRY_MS));
  }
  throw new Error(`Swift did not answer at ${what}: are its Debian packages installed?`);
}

async function isHealthy(url: string): Promise<boolean> {
  const response = await fetch(url);
  await response.body?.cancel();
  return response.ok;
}

async function isListening(port: number): Promise<boolean> {
  (await Deno.connect({ hostname: "127.0.0.1", port })).close();
  return true;
}

/** Swift insists on changing to a named user; it is given the one it already is. */
function userName(): string {
  const output = new Deno.Command("id", { args: ["-un"] }).outputSync();
  return new TextDecoder().decode(output.stdout).trim();
}
