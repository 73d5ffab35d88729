import assert from "node:assert/strict";
import { runCli } from "../../tests/harness/cli.ts";
import { tempFolder } from "../../tests/harness/temp_folder.ts";
import { freshDatabase } from "../../tests/harness/postgres.ts";
import type { Config } from "../config/config.ts";
import { FolderBlobStore } from "../files/blob_store.ts";
import type { Sql } from "../postgres/sql.ts";
import { readServerIdentity } from "../services/accounts/server_identity.ts";
import { silentLog } from "../system/log.ts";

Deno.test("--help lists the commands, --version names the program and Deno", async () => {
  const help = await runCli(["--help"], { workingFolder: "/" });
  assert.equal(help.code, 0);
  for (const command of ["serve", "init"]) assert.match(help.out, new RegExp(`^ +${command}`, "m"));
  const version = await runCli(["--version"], { workingFolder: "/" });
  assert.equal(version.out, `openguild 0.1.0 (Deno ${Deno.version.deno})\n`);
});

/** Every command that does something, as `--help` of those above it lists them. */
async function commandsBelow(path: readonly string[]): Promise<string[][]> {
  const { out } = await runCli([...path, "--help"], { workingFolder: "/" });
  const [, listed = ""] = out.split("\nCommands:\n");
  const names = [...listed.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name ?? "");
  const below = await Promise.all(
    names.filter((name) => name !== "help").map((name) => commandsBelow([...path, name])),
  );
  const acts = names.length === 0 || out.includes("--data <folder>");
  return [...acts ? [[...path]] : [], ...below.flat()];
}

Deno.test("every command but serve answers programs with --json", async () => {
  const commands = await commandsBelow([]);
  assert.ok(commands.length > 35, `${commands.length}`);
  const silent: string[] = [];
  for (const command of commands) {
    const { out } = await runCli([...command, "--help"], { workingFolder: "/" });
    if (!/^ +--json +as JSON$/m.test(out)) silent.push(command.join(" "));
  }
  assert.deepEqual(silent, ["serve"]);
});

Deno.test("a mistyped command or option is answered with the nearest one", async () => {
  const command = await runCli(["sevre"], { workingFolder: "/" });
  assert.equal(command.code, 2);
  assert.match(
    command.err,
    /There is no command "sevre"\. Did you mean "openguild serve"\? openguild --help/,
  );
  const far = await runCli(["--port", "9001", "xyzzyx"], { workingFolder: "/" });
  assert.equal(far.code, 2);
  assert.match(far.err, /There is no command "xyzzyx"\. openguild --help/);
  const option = await runCli(["serve", "--prot", "1"], { workingFolder: "/" });
  assert.equal(option.code, 2);
  assert.match(option.err, /Did you mean "--port"\?/);
});

Deno.test("a command line that cannot be read: what is wrong, the words typed, what to do, exit code 2", async () => {
  const said: Readonly<Record<string, string>> = {
    "--hlp":
      'There is no option "--hlp" of "openguild". Did you mean "--help"? openguild --help lists them.',
    "admin usr":
      'There is no command "openguild admin usr". Did you mean "openguild admin user"? openguild admin --help lists them.',
    "migrate stauts":
      'There is no command "openguild migrate stauts". Did you mean "openguild migrate status"? openguild migrate --help lists them.',
    "doctor extra":
      '"openguild doctor" takes no argument, and got "extra". openguild doctor --help says what it takes.',
    "doctor --json=3": '--json takes no value, and got "--json=3".',
    "restore": "<file> (the backup) is missing: openguild restore [options] <file>",
    "admin user show a b":
      '"openguild admin user show" takes one argument, and got "a", "b". openguild admin user show --help says what it takes.',
    "admin user show x --data":
      "--data <folder> needs its value, and none follows: openguild admin user show --help says what it takes.",
  };
  for (const [line, sentence] of Object.entries(said)) {
    const { code, out, err } = await runCli(line.split(" "), { workingFolder: "/" });
    assert.deepEqual({ code, out, err }, { code: 2, out: "", err: `openguild: ${sentence}\n` });
  }
  const bare = await runCli(["admin"], { workingFolder: "/" });
  assert.equal(bare.code, 2);
  assert.match(bare.err, /\nopenguild: "openguild admin" needs one of the commands above\.\n$/);
  for (const line of [["help", "admn"], ["help", "admn", "user"]]) {
    const { code, err } = await runCli(line, { workingFolder: "/" });
    assert.equal(code, 2);
    assert.match(err, /\nopenguild: There is no command "openguild admn"\. Did you mean/);
  }
  const below = await runCli(["admin", "help", "usr"], { workingFolder: "/" });
  assert.match(below.err, /\nopenguild: There is no command "openguild admin usr"\. Did you mean/);
  assert.equal((await runCli(["help", "admin"], { workingFolder: "/" })).code, 0);
});

Deno.test("a wrong setting is a sentence on standard error; exit code 2 where it was typed, else 1", async () => {
  await using temp = await tempFolder();
  const sentence = (place: string) =>
    `openguild: The configuration cannot be used:\n  ${place} is "many": ` +
    "it must be a whole number from 0 to 65535\n";
  const port = await runCli(["--port", "many"], { workingFolder: temp.path });
  assert.deepEqual(port, { code: 2, out: "", err: sentence("--port") });
  const set = await runCli(["--set", "media"], { workingFolder: temp.path });
  assert.equal(set.code, 2);
  assert.match(set.err, /--set "media" needs the form section\.key=value\./);
  const env = { OPENGUILD_PORT: "many" };
  const configured = await runCli([], { workingFolder: temp.path, env });
  assert.deepEqual(configured, { code: 1, out: "", err: sentence("OPENGUILD_PORT") });
  const both = await runCli(["--port", "many"], {
    workingFolder: temp.path,
    env: { OPENGUILD_X: "1" },
  });
  assert.equal(both.code, 1);
  assert.deepEqual([...Deno.readDirSync(temp.path)], []);
});

Deno.test("serve is the default: it starts, says where, and stops when interrupted", async () => {
  await using temp = await tempFolder();
  await using database = await freshDatabase();
  const blobs = await FolderBlobStore.open(`${temp.path}/media`);
  const interrupt = new AbortController();
  const seen: { config?: Config; disposed?: boolean } = {};
  const result = await runCli(["--port", "9001", "--set", "media.max_upload=1MiB"], {
    workingFolder: temp.path,
    terminal: true,
    interrupted: interrupt.signal,
    onErr: (text) => text.includes("is ready") && interrupt.abort(),
    parts: {
      startServer(config) {
        seen.config = config;
        return Promise.resolve({
          address: "http://localhost:9001",
          firstAdminLink: "http://localhost:9001/first/secret",
          unansweredWrites: () => 0,
          parts: {
            config,
            blobs,
            database: { kind: "postgres" as const, sql: database.sql },
            log: silentLog,
          },
          [Symbol.asyncDispose]() {
            seen.disposed = true;
            return Promise.resolve();
          },
        });
      },
    },
  });
  assert.equal(result.code, 0);
  assert.equal(seen.config?.listen.port, 9001);
  assert.equal(seen.config?.media.maxUpload, 1024 * 1024);
  assert.equal(seen.disposed, true);
  assert.match(result.err, /never calls fsync/);
  assert.match(result.err, /This is a trial/);
  assert.match(result.err, /this link works once\):\n {2}http:\/\/localhost:9001\/first\/secret/);
  assert.match(
    result.err,
    /OpenGuild is ready: http:\/\/localhost:9001\nCtrl-C stops it.\n[^\n]*Stopping/,
  );
});

Deno.test("a start that waits ends with the first Ctrl-C", async () => {
  await using temp = await tempFolder();
  const interrupt = new AbortController();
  const result = await runCli([], {
    workingFolder: temp.path,
    interrupted: interrupt.signal,
    parts: {
      startServer() {
        interrupt.abort(new Error("interrupted"));
        return Promise.withResolvers<never>().promise;
      },
    },
  });
  assert.equal(result.code, 130);
  assert.match(result.err, /openguild: interrupted\.\n$/);
});

/** A server that is up at once, on a database and a folder of files. */
function standing({ sql, blobs, unanswered }: {
  readonly sql: Sql;
  readonly blobs: FolderBlobStore;
  readonly unanswered: number;
}) {
  return (config: Config) =>
    Promise.resolve({
      address: "http://localhost:8080",
      unansweredWrites: () => unanswered,
      parts: { config, blobs, database: { kind: "postgres" as const, sql }, log: silentLog },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
}

Deno.test("a stop that ends without the database's answer says what was given up", async () => {
  await using temp = await tempFolder();
  await using database = await freshDatabase();
  const blobs = await FolderBlobStore.open(`${temp.path}/media`);
  const interrupt = new AbortController();
  const result = await runCli([], {
    workingFolder: temp.path,
    interrupted: interrupt.signal,
    onErr: (text) => text.includes("is ready") && interrupt.abort(),
    parts: { startServer: standing({ sql: database.sql, blobs, unanswered: 2 }) },
  });
  assert.equal(result.code, 1);
  assert.match(result.err, /Stopped; the database had not answered 2 writes\./);
});

Deno.test("a taken port is said with the port and the way out", async () => {
  await using temp = await tempFolder();
  const result = await runCli(["--port", "9001"], {
    workingFolder: temp.path,
    parts: { startServer: () => Promise.reject(new Deno.errors.AddrInUse("os error 98")) },
  });
  assert.equal(result.code, 1);
  assert.match(
    result.err,
    /openguild: Port 9001 on 127\.0\.0\.1 is taken by another program: stop that, or choose another port with --port 9002\./,
  );
});

Deno.test("a taken port is met before anything is made", async () => {
  await using temp = await tempFolder();
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = other.addr as Deno.NetAddr;
  const result = await runCli(["--port", String(port)], {
    workingFolder: temp.path,
    parts: { startServer: () => Promise.reject(new Error("it was to stop before this")) },
  });
  assert.equal(result.code, 1);
  assert.match(result.err, new RegExp(`openguild: Port ${port} on 127\\.0\\.0\\.1 is taken`));
  assert.doesNotMatch(result.err, /making the database/);
});

Deno.test("a data folder that is a file, or lies below one, is named", async () => {
  await using temp = await tempFolder();
  await Deno.writeTextFile(`${temp.path}/notes`, "");
  for (
    const [folder, why] of [["notes", "is a file"], ["notes/below", "cannot be made"]] as const
  ) {
    const result = await runCli(["--data", `${temp.path}/${folder}`], { workingFolder: temp.path });
    assert.equal(result.code, 1);
    assert.match(result.err, new RegExp(`^openguild: The data folder \\S+/${folder} ${why}`));
  }
});

Deno.test("an error that nobody foresaw is one line without a stack", async () => {
  await using temp = await tempFolder();
  const result = await runCli([], {
    workingFolder: temp.path,
    parts: { startServer: () => Promise.reject(new TypeError("x is not a function")) },
  });
  assert.equal(result.code, 1);
  assert.match(result.err, /openguild: This should not have happened: x is not a function\n$/);
});

Deno.test("init writes the name once and says that it is for ever", async () => {
  await using temp = await tempFolder();
  await using database = await freshDatabase({ migrated: false });
  const options = { workingFolder: temp.path, env: { DATABASE_URL: database.url } };
  const first = await runCli(["init", "--name", "example.org", "--port", "8081"], options);
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /This server is example\.org, for ever/);
  const path = `${temp.path}/openguild-data/openguild.yaml`;
  const text = await Deno.readTextFile(path);
  assert.match(text, /name: "example\.org"[^]*port: 8081/);
  assert.ok(!text.includes("postgres://"));
  assert.equal(((await Deno.stat(path)).mode ?? 0) & 0o777, 0o600);
  assert.equal((await readServerIdentity(database.sql))?.name, "example.org");

  const again = await runCli(["init", "--name", "other.org"], options);
  assert.equal(again.code, 1);
  assert.match(again.err, /openguild\.yaml is there already/);
  const asked = ["init", "--name", "example.org", "--data", "copy", "--json"];
  assert.deepEqual(JSON.parse((await runCli(asked, options)).out), {
    server_name: "example.org",
    config_file: `${temp.path}/copy/openguild.yaml`,
  });
  const elsewhere = await runCli(["init", "--name", "other.org", "--data", "new"], options);
  assert.equal(elsewhere.code, 1);
  assert.match(elsewhere.err, /This server's name is "example\.org" for ever/);
  assert.equal(await Deno.readTextFile(path), text);
});

Deno.test("init without a name, or with that of every trial, says what to do and touches nothing", async () => {
  await using temp = await tempFolder();
  const nameless = await runCli(["init"], { workingFolder: temp.path });
  assert.equal(nameless.code, 2);
  assert.match(nameless.err, /openguild init --name example\.org/);
  for (const command of ["init", "serve"]) {
    const args = [command, "--name", "localhost"];
    const trial = await runCli(args, { workingFolder: temp.path });
    assert.equal(trial.code, 2);
    assert.match(trial.err, /--name is "localhost": .* localhost is that of every trial/);
  }
  assert.deepEqual([...Deno.readDirSync(temp.path)], []);
});

Deno.test("options of a command within a command are its own", async () => {
  await using temp = await tempFolder();
  await using database = await freshDatabase();
  const result = await runCli(["migrate", "status", "--json", "--data", "elsewhere"], {
    workingFolder: temp.path,
    env: { DATABASE_URL: database.url },
  });
  assert.equal(result.code, 0, result.err);
  assert.equal(JSON.parse(result.out).migrations[0].name, "append_log");
  assert.deepEqual([...Deno.readDirSync(temp.path)].map((entry) => entry.name), ["elsewhere"]);
});

Deno.test("a command for a folder that no server has used makes nothing there", async () => {
  await using temp = await tempFolder();
  const commands = [
    ["admin", "user", "list"],
    ["admin", "guild", "list"],
    ["federation", "status"],
    ["backup", "b.tar"],
    ["migrate", "status"],
  ];
  for (const command of commands) {
    const result = await runCli([...command, "--data", "typo"], { workingFolder: temp.path });
    assert.equal(result.code, 1);
    assert.match(
      result.err,
      /No server has ever been started with the data folder \S+\/typo: name/,
    );
  }
  assert.deepEqual([...Deno.readDirSync(temp.path)], []);
  // To migrate is to make one: it goes on to the folder itself, where something else stands here.
  await Deno.writeTextFile(`${temp.path}/file`, "");
  const migrate = await runCli(["migrate", "--data", "file"], { workingFolder: temp.path });
  assert.match(migrate.err, /The data folder \S+\/file is a file/);
});

Deno.test("a command in another terminal is done by the server that holds the folder", async () => {
  await using temp = await tempFolder();
  await using database = await freshDatabase();
  const blobs = await FolderBlobStore.open(`${temp.path}/media`);
  const interrupt = new AbortController();
  const ready = Promise.withResolvers<void>();
  const workingFolder = temp.path;
  const server = runCli([], {
    workingFolder,
    interrupted: interrupt.signal,
    onErr: (text) => text.includes("is ready") && ready.resolve(),
    parts: { startServer: standing({ sql: database.sql, blobs, unanswered: 0 }) },
  });
  await ready.promise;
  const status = await runCli(["migrate", "status"], { workingFolder });
  assert.equal(status.code, 0, status.err);
  assert.match(status.out, /^NUMBER +NAME +APPLIED\n0001 +append_log +20\d\d-/);
  const doctor = await runCli(["doctor", "--json"], { workingFolder });
  assert.match(doctor.out, /The server listens on 127\.0\.0\.1 port 8080/);
  const second = await runCli(["serve"], { workingFolder });
  assert.equal(second.code, 1);
  assert.match(second.err, new RegExp(`in use by process ${Deno.pid}: stop it`));
  interrupt.abort(new Error("interrupted"));
  assert.equal((await server).code, 0);
});
