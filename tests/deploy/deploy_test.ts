import assert from "node:assert/strict";
import { join } from "node:path";
import { parse } from "yaml";
import { reachable, readImports } from "../../scripts/lib/graph.ts";
import { listSources } from "../../scripts/lib/suites.ts";
import { loadConfig } from "../../server/config/config.ts";
import { voiceAddresses, wantsVoice } from "../../server/config/voice_addresses.ts";
import { runCli } from "../harness/cli.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { parseDockerfile } from "./dockerfile.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

function config(env: Record<string, string>) {
  return loadConfig({ env, flags: new Map(), workingFolder: "/", readFile: () => undefined });
}

interface Compose {
  readonly services: Readonly<
    Record<string, {
      readonly image?: string;
      readonly build?: string;
      readonly environment?: Readonly<Record<string, string>>;
      readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
      readonly volumes?: readonly string[];
      readonly healthcheck?: unknown;
      readonly ports?: readonly string[];
    }>
  >;
  readonly volumes: Readonly<Record<string, null>>;
}

Deno.test("compose: services, volumes and settings fit together, and no password is a default", async () => {
  const text = await Deno.readTextFile(`${root}/deploy/compose.yaml`);
  const compose = parse(text) as Compose;
  const example = await Deno.readTextFile(`${root}/deploy/example.env`);
  const asked = new Set([...text.matchAll(/\$\{(\w+):\?/g)].map((match) => match[1] ?? ""));
  assert.deepEqual([...text.matchAll(/\$\{\w+(?!\w|:\?)/g)], [], "a variable without a guard");
  for (const name of asked) {
    assert.match(example, new RegExp(`^${name}=`, "m"), `example.env lacks ${name}`);
  }
  assert.deepEqual([...example.matchAll(/PASSWORD=(\S+)/g)], []);
  for (const [name, service] of Object.entries(compose.services)) {
    assert.ok(service.image ?? service.build, name);
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      assert.ok(compose.services[other], `${name} waits for ${other}`);
      if (condition === "service_healthy") assert.ok(compose.services[other].healthcheck, other);
    }
    for (const volume of service.volumes ?? []) {
      assert.ok((volume.split(":")[0] ?? "") in compose.volumes, volume);
    }
  }
  const server = compose.services["openguild"];
  assert.ok(server?.build !== undefined);
  await Deno.stat(join(root, "deploy", server.build, "Dockerfile"));
  const env = Object.fromEntries(
    Object.entries(server.environment ?? {}).map(([name, value]) => [
      name,
      value.replace(/\$\{OPENGUILD_NAME:[^}]*\}/, "chat.example.org")
        .replace(/\$\{OPENGUILD_VOICE_ANNOUNCE:[^}]*\}/, "203.0.113.7")
        .replace(/\$\{\w+:[^}]*\}/, "secret"),
    ]),
  );
  const settings = config(env);
  assert.equal(settings.server.name, "chat.example.org");
  assert.equal(settings.blobs.s3Bucket, "openguild");
  assert.equal(
    settings.database.url?.reveal(),
    "postgres://openguild:secret@postgres:5432/openguild",
  );
  assert.deepEqual(server.ports, ["127.0.0.1:8080:8080", "10000:10000/udp", "10000:10000"]);
  assert.equal(settings.voice.port, 10_000);
  // What a container cannot find out by itself is given: voice is there from the start.
  assert.ok(wantsVoice(settings));
  assert.deepEqual(voiceAddresses(settings, []), ["203.0.113.7"]);
});

Deno.test("the service file calls the program as it wants to be called", async () => {
  const text = await Deno.readTextFile(`${root}/deploy/openguild.service`);
  for (const line of text.split("\n").filter((line) => line !== "" && !line.startsWith("#"))) {
    assert.match(line, /^\[\w+\]$|^[A-Z]\w+=/, line);
  }
  await using folder = await tempFolder();
  const [, ...args] = /^ExecStart=(.+)$/m.exec(text)?.[1]
    ?.replace("/var/lib/openguild", `${folder.path}/data`).split(" ") ?? [];
  const seen: string[] = [];
  await runCli(args, {
    workingFolder: folder.path,
    env: Object.fromEntries(
      [...text.matchAll(/^Environment=(\w+)=(.*)$/gm)].map((match) => [match[1], match[2]]),
    ),
    parts: { startServer: () => Promise.reject(new Error("not in this test")) },
    onErr: (line) => void seen.push(line),
  });
  assert.doesNotMatch(seen.join(""), /unknown|no setting|error:/i);
  assert.match(seen.join(""), /not in this test/, "it did not come to the start");
});

Deno.test("the Dockerfile copies every folder that the program is made of, and no other file", async () => {
  const [build] = parseDockerfile(await Deno.readTextFile(`${root}/Dockerfile`));
  const copied = new Set(
    build?.steps.filter(({ word }) => word === "COPY")
      .flatMap(({ rest }) => rest.split(/\s+/).slice(0, -1)),
  );
  const edges = await readImports(root, listSources(root));
  const rooms = [...reachable(edges, ["main.ts", "scripts/compile.ts"])]
    .filter((path) => !path.includes(":")).map((path) => path.split("/")[0] ?? "");
  for (const room of [...new Set(rooms), "migrations", "deno.lock", ".dvmrc", "LICENSE"]) {
    assert.ok(copied.has(room), `COPY lacks ${room}`);
  }
  const ignore = await Deno.readTextFile(`${root}/.dockerignore`);
  for (const path of copied) assert.match(ignore, new RegExp(`^!${path}$`, "m"));
});
