import assert from "node:assert/strict";
import { compile } from "../../scripts/compile.ts";
import { smoke } from "../../scripts/lib/smoke.ts";
import { TARGETS } from "../../scripts/lib/targets.ts";
import { tempFolder } from "../harness/temp_folder.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

async function run(program: string, args: string[], env: Record<string, string>) {
  const output = await new Deno.Command(program, {
    args,
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

Deno.test("one executable: made, started where there is nothing else, used, restarted", async (t) => {
  const target = TARGETS.find(({ triple }) => triple === Deno.build.target);
  assert.ok(target, `no target for ${Deno.build.target}`);
  await using folder = await tempFolder();
  const made = await compile(root, { target, outFolder: folder.path });
  const version = (await Deno.readTextFile(`${root}/.dvmrc`)).trim();

  await t.step("it registers, draws a picture, sends, backs up, restarts and reads", async () => {
    const report = await smoke(made.path);
    console.log(
      `${made.kind}: first start ${report.firstStartMs} ms, later ${report.laterStartMs} ms`,
    );
  });

  await t.step("it names itself, its version and Deno's", async () => {
    const home = { HOME: `${folder.path}/home` };
    const { out } = await run(made.path, ["--version"], home);
    assert.equal(out, `openguild 0.1.0 (Deno ${version})\n`);
  });

  if (made.kind !== "self-extracting") return;

  await t.step("several first starts at once unpack it once, whole", async () => {
    const home = { HOME: `${folder.path}/crowd` };
    const runs = await Promise.all([1, 2, 3].map(() => run(made.path, ["--version"], home)));
    for (const { code, err } of runs) assert.equal(code, 0, err);
    const left = [...Deno.readDirSync(`${folder.path}/crowd/.cache/openguild`)];
    assert.equal(left.length, 1, JSON.stringify(left));
  });

  await t.step("a file that was cut says so and leaves nothing half behind", async () => {
    const bytes = await Deno.readFile(made.path);
    const cut = `${folder.path}/cut`;
    await Deno.writeFile(cut, bytes.subarray(0, bytes.length - 1_000_000), { mode: 0o755 });
    const { code, err } = await run(cut, ["--version"], { HOME: `${folder.path}/cut-home` });
    assert.equal(code, 1);
    assert.match(err, /could not be unpacked into .*: is the file whole/);
    assert.deepEqual([...Deno.readDirSync(`${folder.path}/cut-home/.cache/openguild`)], []);
  });

  await t.step("a home that cannot be written is passed over", async () => {
    const cache = `${folder.path}/elsewhere`;
    const { code, err } = await run(made.path, ["--version"], {
      HOME: "/proc/nowhere",
      XDG_CACHE_HOME: cache,
    });
    assert.equal(code, 0, err);
    assert.equal([...Deno.readDirSync(`${cache}/openguild`)].length, 1);
  });
});
