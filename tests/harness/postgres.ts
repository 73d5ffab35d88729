import { connect } from "../../server/postgres/connect.ts";
import { migrate } from "../../server/postgres/migrate.ts";
import type { Sql } from "../../server/postgres/sql.ts";
import { silentLog } from "../../server/system/log.ts";
import { freePort } from "../../scripts/lib/free_port.ts";
import { memoryFolder } from "./memory_folder.ts";
import { unprivilegedUser } from "./unprivileged.ts";
import { waitFor } from "./wait_for.ts";

/** A running private cluster. Everybody is trusted; it listens on loopback alone. */
export interface Cluster {
  readonly folder: string;
  readonly port: number;
  readonly pid: number;
  /** How `create database` copies a template soonest here. */
  readonly copying: string;
}

export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly name: string;
  readonly sql: Sql;
}

/**
 * A fresh database in this process's private cluster, ended with all its sessions on disposal.
 * `migrated` (default) copies a template that has every migration applied.
 */
export async function freshDatabase(
  options: { readonly migrated?: boolean; readonly poolSize?: number } = {},
): Promise<TestDatabase> {
  const cluster = await sharedCluster();
  const name = `t_${crypto.randomUUID().replaceAll("-", "")}`;
  const admin = connect({ url: databaseUrl(cluster, "postgres"), poolSize: 1, log: silentLog });
  try {
    const template = options.migrated === false ? "template0" : TEMPLATE;
    await admin.unsafe(`create database ${name} template ${template} ${cluster.copying}`);
  } finally {
    await admin.end();
  }
  const url = databaseUrl(cluster, name);
  const sql = connect({ url, poolSize: options.poolSize ?? 4, log: silentLog });
  return {
    url,
    name,
    sql,
    async [Symbol.asyncDispose]() {
      await sql.end({ timeout: 5 });
      const ending = connect({
        url: databaseUrl(cluster, "postgres"),
        poolSize: 1,
        log: silentLog,
      });
      await ending.unsafe(`drop database if exists ${name} with (force)`);
      await ending.end();
    },
  };
}

export function databaseUrl(cluster: Cluster, name: string): string {
  return `postgres://openguild@127.0.0.1:${cluster.port}/${name}`;
}

const TEMPLATE = "og_template";
/** Process id and start of whose cluster it is. */
const SHARED = /^openguild-postgres-(\d+)-(\d+)$/;

/**
 * The cluster that all tests of this process share. It is found by the process, because each test
 * file has its own module graph; a supervisor ends it when the process is gone, however. Its start
 * is part of the name: the id alone comes again, and the folder of a run whose supervisor was
 * killed with it would be waited at in vain.
 */
export async function sharedCluster(): Promise<Cluster> {
  const root = tempRoot();
  const name = `openguild-postgres-${Deno.pid}-${await startOf(Deno.pid)}`;
  const folder = `${root}/${name}`;
  try {
    await Deno.mkdir(folder, { mode: 0o711 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return await waitFor("the test cluster", () => readReady(folder), 180_000);
  }
  const memory = memoryFolder();
  for (const each of memory === undefined ? [root] : [root, memory]) await removeStale(each);
  const cluster = await startCluster({
    folder,
    watchPid: Deno.pid,
    ...(memory === undefined ? {} : { data: `${memory}/${name}` }),
  });
  await makeTemplate(cluster);
  await Deno.writeTextFile(`${folder}/ready.part`, JSON.stringify(cluster));
  await Deno.rename(`${folder}/ready.part`, `${folder}/ready`);
  return cluster;
}

/** Removes what is left of shared clusters whose process is gone, and whose Postgres is, too. */
export async function removeStale(root: string): Promise<void> {
  for await (const { name } of Deno.readDir(root)) {
    const [, pid, start] = SHARED.exec(name) ?? [];
    if (pid === undefined || await startOf(Number(pid)) === start) continue;
    const path = `${root}/${name}`;
    const posts = await Promise.all(
      [path, `${path}/data`].map((data) => readFile(`${data}/postmaster.pid`)),
    );
    const servers = posts.filter((text) => text !== undefined).map((text) => parseInt(text));
    if ((await Promise.all(servers.map(isAlive))).includes(true)) continue;
    await Deno.remove(path, { recursive: true }).catch((error) => {
      // Its supervisor, another run, or another user's.
      const isOthers = error instanceof Deno.errors.NotFound ||
        error instanceof Deno.errors.PermissionDenied;
      if (!isOthers) throw error;
    });
  }
}

async function readFile(path: string): Promise<string | undefined> {
  return await Deno.readTextFile(path).catch(() => undefined);
}

/** When a process started, in ticks since the machine did; undefined where it has ended. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`);
  // The name in front, in parentheses, may hold anything; these are the third field and on.
  const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields?.[0] === "Z" ? undefined : fields?.[START_FIELD];
}

/** Of what follows the name: proc(5) counts from 1, and the name is the second. */
const START_FIELD = 22 - 3;

async function readReady(folder: string): Promise<Cluster | undefined> {
  try {
    return JSON.parse(await Deno.readTextFile(`${folder}/ready`)) as Cluster;
  } catch {
    return undefined;
  }
}

async function makeTemplate(cluster: Cluster): Promise<void> {
  const admin = connect({ url: databaseUrl(cluster, "postgres"), poolSize: 1, log: silentLog });
  await admin.unsafe(`create database ${TEMPLATE} template template0`);
  await admin.end();
  const sql = connect({ url: databaseUrl(cluster, TEMPLATE), poolSize: 1, log: silentLog });
  await migrate(sql, { log: silentLog });
  await sql.end();
}

export interface ClusterOptions {
  /** An existing folder; it is removed when the cluster ends. */
  readonly folder: string;
  /**
   * Where its data lie, in a file system in memory; removed likewise. Default: in `folder`. Every
   * commit is flushed as ever, which costs nothing there: hundreds of databases are made and
   * dropped, each with hundreds of files that a disk would have to write first.
   */
  readonly data?: string;
  /** The cluster ends when this process does. */
  readonly watchPid: number;
  /** Lines for postgresql.conf, e.g. `fsync = off`. */
  readonly settings?: readonly string[];
}

/** Makes and starts a cluster with its own data, port and supervisor. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { folder } = options;
  const user = await unprivilegedUser();
  const bin = await findPostgres();
  const data = options.data ?? `${folder}/data`;
  await Deno.mkdir(data, { mode: 0o700 });
  if (user.uid !== undefined) {
    await Deno.chown(folder, user.uid, user.gid);
    await Deno.chown(data, user.uid, user.gid);
  }
  await run(`${bin}/initdb`, {
    args: ["-D", data, "-U", "openguild", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    ...user,
  });
  const port = freePort();
  const settings = [
    "listen_addresses = '127.0.0.1'",
    `port = ${port}`,
    "unix_socket_directories = ''",
    "max_connections = 400",
    "shared_buffers = 128MB",
    `max_wal_size = ${options.data === undefined ? "2GB" : "256MB"}`,
    "logging_collector = off",
    // A copied file is not written to the log as well.
    ...(options.data === undefined ? [] : ["wal_level = minimal", "max_wal_senders = 0"]),
    ...(options.settings ?? []),
  ];
  await Deno.writeTextFile(`${data}/postgresql.auto.conf`, settings.join("\n") + "\n");
  await supervise({ folder, data, bin, watchPid: options.watchPid, user });
  const copying = options.data === undefined ? "" : "strategy file_copy";
  const cluster = { folder, port, pid: await serverPid(data), copying };
  await waitFor("Postgres to answer", () => answers(cluster));
  return cluster;
}

/** The server process and those it has begun, as the kernel lists them. */
async function processesOf({ pid }: Cluster): Promise<number[]> {
  const children = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  return [pid, ...children.trim().split(" ").filter((text) => text !== "").map(Number)];
}

/** All of the cluster's processes at once: `SIGKILL` ends it, `SIGSTOP` makes it say nothing. */
export async function signalCluster(cluster: Cluster, signal: Deno.Signal): Promise<void> {
  const pids = await processesOf(cluster);
  for (const pid of pids) Deno.kill(pid, signal);
  if (signal !== "SIGKILL") return;
  await waitFor("the cluster's processes to be gone", async () => {
    const left = await Promise.all(pids.map(isAlive));
    return !left.includes(true);
  });
}

/** False for what has ended and is not yet collected. */
async function isAlive(pid: number): Promise<boolean> {
  return await startOf(pid) !== undefined;
}

/** Starts a cluster again that was killed, on its data and port. `watchPid` as for its first start. */
export async function restartCluster(cluster: Cluster, watchPid: number): Promise<Cluster> {
  const data = `${cluster.folder}/data`;
  const [user, bin] = await Promise.all([unprivilegedUser(), findPostgres()]);
  await supervise({ folder: cluster.folder, data, bin, watchPid, user });
  await waitFor("Postgres to answer again", () => answers(cluster));
  return { ...cluster, pid: await serverPid(data) };
}

/**
 * Starts Postgres under a shell that ends it, and removes the folder, once the watched process
 * is gone: even `kill -9` of a test leaves nothing behind.
 */
async function supervise(options: {
  folder: string;
  data: string;
  bin: string;
  watchPid: number;
  user: { uid?: number; gid?: number };
}): Promise<void> {
  const watched = `/proc/${options.watchPid}/stat`;
  // Another process may have got the id meanwhile.
  const script = `
    watched() {
      read -r stat 2>/dev/null <"${watched}" || return 1
      set -- \${stat##*) }
      [ "\${${START_FIELD + 1}}" = "${await startOf(options.watchPid)}" ]
    }
    (
      "${options.bin}/postgres" -D "${options.data}" >"${options.data}/server.log" 2>&1 &
      server=$!
      while watched && kill -0 $server 2>/dev/null; do sleep 1; done
      watched && exit
      kill -INT $server 2>/dev/null
      wait $server
      rm -rf "${options.folder}" "${options.data}"
    ) </dev/null >/dev/null 2>&1 &`;
  await run("setsid", { args: ["sh", "-c", script], ...options.user });
}

async function serverPid(data: string): Promise<number> {
  return await waitFor("the server's process id", async () => {
    try {
      const pid = Number((await Deno.readTextFile(`${data}/postmaster.pid`)).split("\n")[0]);
      return Number.isInteger(pid) && pid > 0 ? pid : undefined;
    } catch {
      return undefined;
    }
  });
}

async function answers(cluster: Cluster): Promise<boolean> {
  const sql = connect({
    url: databaseUrl(cluster, "postgres"),
    poolSize: 1,
    log: silentLog,
    connectTimeoutMs: 1000,
  });
  try {
    await sql`select 1`;
    return true;
  } catch {
    return false;
  } finally {
    await sql.end({ timeout: 0 });
  }
}

/** The folder of Postgres's programs: the newest Debian version. */
export async function findPostgres(): Promise<string> {
  const root = "/usr/lib/postgresql";
  const versions: number[] = [];
  try {
    for await (const entry of Deno.readDir(root)) versions.push(Number(entry.name));
  } catch (error) {
    throw new Error("Postgres is not installed: apt-get install postgresql", { cause: error });
  }
  return `${root}/${Math.max(...versions)}/bin`;
}

async function run(
  program: string,
  options: { args: string[]; uid?: number; gid?: number },
): Promise<void> {
  const output = await new Deno.Command(program, {
    ...options,
    cwd: "/",
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!output.success) {
    throw new Error(`${program} failed: ${new TextDecoder().decode(output.stderr)}`);
  }
}

function tempRoot(): string {
  return Deno.env.get("TMPDIR") ?? "/tmp";
}
