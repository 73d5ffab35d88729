/**
 * The one executable, made as a stranger makes it: by the Dockerfile's own commands, from what git
 * holds, with nothing that was fetched before. Making it takes a minute, so that one is looked at
 * from every side.
 */
import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { freePort } from "../../scripts/lib/free_port.ts";
import { smoke } from "../../scripts/lib/smoke.ts";
import { TARGETS } from "../../scripts/lib/targets.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { waitFor } from "../harness/wait_for.ts";
import { type Instruction, parseDockerfile, parseEnv } from "./dockerfile.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

Deno.test("one executable: made, started where there is nothing else, used, restarted", async (t) => {
  const target = TARGETS.find(({ triple }) => triple === Deno.build.target);
  assert.ok(target, `no target for ${Deno.build.target}`);
  await using folder = await tempFolder();
  const [build, final] = parseDockerfile(await Deno.readTextFile(`${root}/Dockerfile`));
  assert.ok(build && final);
  const stage = join(folder.path, "build");
  const program = join(stage, "dist/openguild");
  // What follows stands on it.
  await makeProgram(build.steps, { stage, home: join(folder.path, "home") });

  await t.step("the image's settings and command start it, from an empty folder", async () => {
    await startImage(final.steps, { stage, image: join(folder.path, "image") });
  });

  await t.step("it registers, draws a picture, sends, backs up, restarts and reads", async () => {
    const report = await smoke(program);
    console.log(`first start ${report.firstStartMs} ms, later ${report.laterStartMs} ms`);
  });

  await t.step("it names itself, its version and Deno's", async () => {
    const version = (await Deno.readTextFile(`${root}/.dvmrc`)).trim();
    const { out } = await call(program, { HOME: `${folder.path}/named` });
    assert.equal(out, `openguild 0.1.0 (Deno ${version})\n`);
  });

  const bytes = await Deno.readFile(program);
  const selfExtracting = new TextDecoder().decode(bytes.subarray(0, 2)) === "#!";
  if (!selfExtracting) return;

  await t.step("several first starts at once unpack it once, whole", async () => {
    const home = { HOME: `${folder.path}/crowd` };
    const runs = await Promise.all([1, 2, 3].map(() => call(program, home)));
    for (const { code, err } of runs) assert.equal(code, 0, err);
    const left = [...Deno.readDirSync(`${folder.path}/crowd/.cache/openguild`)];
    assert.equal(left.length, 1, JSON.stringify(left));
  });

  await t.step("a file that was cut says so and leaves nothing half behind", async () => {
    const cut = `${folder.path}/cut`;
    await Deno.writeFile(cut, bytes.subarray(0, bytes.length - 1_000_000), { mode: 0o755 });
    const { code, err } = await call(cut, { HOME: `${folder.path}/cut-home` });
    assert.equal(code, 1);
    assert.match(err, /could not be unpacked into .*: is the file whole/);
    assert.deepEqual([...Deno.readDirSync(`${folder.path}/cut-home/.cache/openguild`)], []);
  });

  await t.step("a home that cannot be written is passed over", async () => {
    const cache = `${folder.path}/elsewhere`;
    const { code, err } = await call(program, { HOME: "/proc/nowhere", XDG_CACHE_HOME: cache });
    assert.equal(code, 0, err);
    assert.equal([...Deno.readDirSync(`${cache}/openguild`)].length, 1);
  });
});

/** Does what the first stage of the Dockerfile says. */
async function makeProgram(
  steps: readonly Instruction[],
  { stage, home }: { readonly stage: string; readonly home: string },
): Promise<void> {
  await Deno.mkdir(home);
  // Nothing that this machine has fetched before may help; how it reaches npm may.
  const { DENO_DIR: _cache, ...inherited } = Deno.env.toObject();
  const env = { ...inherited, HOME: home, NO_COLOR: "1" };
  for (const step of steps) await doStep(step, { stage, env });
}

/** Lays out the last stage of the Dockerfile in a folder, starts its command and asks it. */
async function startImage(
  steps: readonly Instruction[],
  { stage, image }: { readonly stage: string; readonly image: string },
): Promise<void> {
  let settings: Record<string, string> = {};
  const command: string[] = [];
  for (const { word, rest } of steps) {
    const words = rest.split(/\s+/);
    if (word === "ENV") settings = inside(image, parseEnv(rest));
    if (word === "ENTRYPOINT" || word === "CMD") command.push(...JSON.parse(rest) as string[]);
    if (word === "COPY") {
      const [from, to] = [words.at(-2) ?? "", words.at(-1) ?? ""];
      await Deno.mkdir(dirname(join(image, to)), { recursive: true });
      await Deno.copyFile(join(stage, from.replace(/^\/src/, "")), join(image, to));
    }
  }
  assert.deepEqual(command, ["/usr/local/bin/openguild", "serve"]);
  await startAndAsk(image, { command, settings });
}

async function call(program: string, env: Record<string, string>) {
  const output = await new Deno.Command(program, {
    args: ["--version"],
    cwd: "/",
    clearEnv: true,
    env,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return {
    code: output.code,
    out: decoder.decode(output.stdout),
    err: decoder.decode(output.stderr),
  };
}

/** `COPY` from the project as git has it, `RUN` in the stage's folder. */
async function doStep(
  { word, rest }: Instruction,
  options: { readonly stage: string; readonly env: Record<string, string> },
): Promise<void> {
  const { stage, env } = options;
  await Deno.mkdir(stage, { recursive: true });
  if (word === "COPY") {
    const paths = rest.split(/\s+/).slice(0, -1);
    await run(`git ls-files -z -- ${paths.join(" ")} | xargs -0 cp --parents -t "${stage}"`, {
      cwd: root,
      env: Deno.env.toObject(),
    });
  } else if (word === "RUN") {
    await run(rest, { cwd: stage, env });
  } else {
    assert.equal(word, "WORKDIR");
  }
}

async function startAndAsk(
  image: string,
  options: { readonly command: readonly string[]; readonly settings: Record<string, string> },
): Promise<void> {
  const port = freePort();
  const [program = "", ...args] = options.command;
  const child = new Deno.Command(join(image, program), {
    args: [...args, "--port", String(port)],
    cwd: image,
    clearEnv: true,
    env: options.settings,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    await waitFor("the server to be ready", async () => {
      try {
        const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
        await answer.body?.cancel();
        return answer.ok;
      } catch {
        return false;
      }
    }, 120_000);
  } finally {
    child.kill("SIGTERM");
    await child.status;
  }
}

/** Paths of the image as paths below its folder. */
function inside(image: string, settings: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [
      name,
      value.startsWith("/") ? join(image, value) : value,
    ]),
  );
}

async function run(
  command: string,
  options: { readonly cwd: string; readonly env: Record<string, string> },
): Promise<void> {
  const output = await new Deno.Command("sh", {
    args: ["-euc", command],
    ...options,
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  assert.ok(
    output.success,
    `${command}\n${decoder.decode(output.stdout)}${decoder.decode(output.stderr)}`,
  );
}
