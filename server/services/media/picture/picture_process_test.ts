import assert from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "../../../system/clock.ts";
import { MemoryLog } from "../../../../tests/harness/parts.ts";
import { PICTURE_WORKER } from "../../../../tests/harness/media.ts";
import {
  concat,
  indexOf,
  jpegWithGps,
  png,
  pngBomb,
  pngWithGps,
  sample,
  SECRET_CAMERA,
  webpWithGps,
} from "../../../../tests/harness/pictures.ts";
import { tempFolder } from "../../../../tests/harness/temp_folder.ts";
import { waitFor } from "../../../../tests/harness/wait_for.ts";
import { PictureProcess, type PictureProcessOptions } from "./picture_process.ts";
import type { PictureJob, PictureResult } from "./protocol.ts";
import { type SelfCommand, selfCommand } from "./self_command.ts";

const THUMBNAILS = [
  { name: "small", width: 96, height: 96 },
  { name: "medium", width: 400, height: 400 },
];

class Bench implements AsyncDisposable {
  readonly log = new MemoryLog();
  readonly pictures: PictureProcess;
  readonly #folder: string;
  #jobs = 0;

  constructor(folder: string, options: Partial<PictureProcessOptions> = {}) {
    this.#folder = folder;
    this.pictures = new PictureProcess({
      command: worker(folder),
      clock: systemClock,
      log: this.log,
      jobTimeoutMs: 60_000,
      maxMemoryBytes: 2 ** 31,
      idleMs: 60_000,
      ...options,
    });
  }

  async run(bytes: Uint8Array, type: PictureJob["type"], changes: Partial<PictureJob> = {}) {
    const folder = join(this.#folder, `job${this.#jobs++}`);
    const outputFolder = join(folder, "made");
    await Deno.mkdir(outputFolder, { recursive: true });
    const input = join(folder, "body");
    await Deno.writeFile(input, bytes);
    return await this.pictures.run({
      input,
      outputFolder,
      type,
      mode: "draw",
      fit: null,
      thumbnails: THUMBNAILS,
      maxPixels: 64 * 1024 * 1024,
      ...changes,
    });
  }

  async draw(bytes: Uint8Array, type: PictureJob["type"], changes: Partial<PictureJob> = {}) {
    const outcome = await this.run(bytes, type, changes);
    if (!outcome.ok) {
      throw new Error(`${type}: ${outcome.failure} ${JSON.stringify(this.log.lines)}`);
    }
    return { ...outcome.result, bytes: await Deno.readFile(outcome.result.path) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pictures[Symbol.asyncDispose]();
  }
}

function worker(folder: string): SelfCommand {
  const environment = Deno.env.toObject();
  return selfCommand([], { writable: folder, mainModule: PICTURE_WORKER, environment });
}

/** A program in place of the worker, for what the worker itself never does. */
function program(code: string): SelfCommand {
  return { command: Deno.execPath(), args: ["eval", "--quiet", code], env: {} };
}

function facts({ type, width, height, drawn }: PictureResult) {
  return { type, width, height, drawn };
}

Deno.test("pictures are drawn, cleaned and made smaller in a child process", async (t) => {
  await using folder = await tempFolder();
  await using bench = new Bench(folder.path);

  await t.step("each kind is told, measured and given a placeholder", async () => {
    const samples: [Uint8Array, PictureJob["type"]][] = [
      [sample("jpeg"), "image/jpeg"],
      [png(24, 16), "image/png"],
      [sample("webp"), "image/webp"],
      [sample("gif"), "image/gif"],
      [sample("animatedWebp"), "image/webp"],
    ];
    for (const [bytes, type] of samples) {
      const result = await bench.draw(bytes, type);
      assert.deepEqual(facts(result), { type, width: 24, height: 16, drawn: true });
      assert.ok((result.thumbhash ?? "").length > 10);
      // It is smaller than the smallest thumbnail; what moves needs one that stands still.
      const moves = bytes === samples[3]?.[0] || bytes === samples[4]?.[0];
      assert.deepEqual(result.thumbnails.map(({ name }) => name), moves ? ["medium"] : []);
      for (const { path } of result.thumbnails) {
        assert.equal(indexOf(await Deno.readFile(path), "ANMF"), -1);
      }
    }
  });

  await t.step("what looks the same without its metadata keeps its pixels untouched", async () => {
    assert.deepEqual((await bench.draw(sample("jpeg"), "image/jpeg")).bytes, sample("jpeg"));
    assert.deepEqual((await bench.draw(png(24, 16), "image/png")).bytes, png(24, 16));
    assert.deepEqual((await bench.draw(pngWithGps(), "image/png")).bytes, png(24, 16));
  });

  await t.step("GPS goes; a turned photograph is stored upright", async () => {
    const straight = await bench.draw(jpegWithGps(1), "image/jpeg");
    assert.equal(indexOf(straight.bytes, SECRET_CAMERA), -1);
    assert.deepEqual([straight.width, straight.height], [24, 16]);
    for (
      const [bytes, type] of [
        [jpegWithGps(6), "image/jpeg"],
        [webpWithGps(6), "image/webp"],
      ] as const
    ) {
      const turned = await bench.draw(bytes, type);
      assert.equal(indexOf(turned.bytes, SECRET_CAMERA), -1);
      assert.deepEqual(facts(turned), { type, width: 16, height: 24, drawn: true });
    }
  });

  await t.step("thumbnails fit their box and keep the proportions", async () => {
    const result = await bench.draw(png(900, 600), "image/png");
    const sizes = result.thumbnails.map(({ name, width, height }) => [name, width, height]);
    assert.deepEqual(sizes, [["medium", 400, 267], ["small", 96, 64]]);
    const small = await Deno.readFile(result.thumbnails[1]?.path ?? "");
    assert.equal(String.fromCharCode(...small.subarray(8, 12)), "WEBP");
  });

  await t.step("a picture with a purpose fits its box, and goes on moving", async () => {
    const still = await bench.draw(png(900, 600), "image/png", {
      fit: { width: 128, height: 128 },
    });
    assert.deepEqual(facts(still), { type: "image/webp", width: 128, height: 85, drawn: true });
    const moving = await bench.draw(sample("gif"), "image/gif", { fit: { width: 12, height: 12 } });
    assert.deepEqual(facts(moving), { type: "image/webp", width: 12, height: 8, drawn: true });
    assert.ok(indexOf(moving.bytes, "ANMF") > 0);
  });

  await t.step("a bomb is refused by its header, a damaged picture by its pixels", async () => {
    const bomb = await bench.draw(pngBomb(30_000, 30_000), "image/png");
    assert.equal(bomb.drawn, false);
    const cut = jpegWithGps(1).slice(0, 380);
    const damaged = await bench.draw(cut, "image/jpeg");
    assert.equal(damaged.drawn, false);
    assert.equal(indexOf(damaged.bytes, SECRET_CAMERA), -1);
    const noise = png(24, 16, { pixels: Uint8Array.of(1, 2, 3) });
    assert.equal((await bench.draw(noise, "image/png")).drawn, false);
  });

  await t.step(
    "decoders that were not allowed stay shut, whatever the file is called",
    async () => {
      const svg = concat('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>');
      const tiff = concat("II*\0", new Uint8Array(100));
      for (const bytes of [svg, tiff]) {
        assert.equal((await bench.draw(bytes, "image/png")).drawn, false);
      }
    },
  );
  assert.equal(bench.log.lines.length, 0, "no job above may end the child");
});

Deno.test("a child that hangs is killed, and the next job gets a new one", async () => {
  await using folder = await tempFolder();
  const hang = program("for await (const _ of Deno.stdin.readable) while (true);");
  await using bench = new Bench(folder.path, { command: hang, jobTimeoutMs: 1500 });
  const first = bench.run(png(4, 4), "image/png");
  const pid = await waitFor("the child", () => bench.pictures.pid);
  assert.deepEqual(await first, { ok: false, failure: "timed_out" });
  assert.equal(isAlive(pid), false);
  assert.deepEqual(await bench.run(png(4, 4), "image/png"), { ok: false, failure: "timed_out" });
});

Deno.test("a child that grows too large is killed", async () => {
  await using folder = await tempFolder();
  const grow = program(
    "const held = []; for await (const _ of Deno.stdin.readable) " +
      "for (;;) { held.push(new Uint8Array(2 ** 24).fill(1)); await new Promise((r) => setTimeout(r, 10)); }",
  );
  await using bench = new Bench(folder.path, { command: grow, maxMemoryBytes: 300 * 2 ** 20 });
  const outcome = await bench.run(png(4, 4), "image/png");
  assert.deepEqual(outcome, { ok: false, failure: "too_much_memory" });
});

Deno.test("a child that dies or talks nonsense is a value, and its last words are logged", async () => {
  await using folder = await tempFolder();
  const die = program(
    'for await (const _ of Deno.stdin.readable) { console.error("last words"); Deno.exit(9); }',
  );
  await using dying = new Bench(folder.path, { command: die });
  assert.deepEqual(await dying.run(png(4, 4), "image/png"), { ok: false, failure: "crashed" });
  assert.match(JSON.stringify(dying.log.lines), /last words/);
  const babble = program('for await (const _ of Deno.stdin.readable) console.log("{}");');
  await using babbling = new Bench(folder.path, { command: babble });
  assert.deepEqual(await babbling.run(png(4, 4), "image/png"), { ok: false, failure: "crashed" });
});

Deno.test("an idle child ends, so that its memory comes back", async () => {
  await using folder = await tempFolder();
  await using bench = new Bench(folder.path, { idleMs: 100 });
  await bench.draw(png(8, 8), "image/png");
  await waitFor("the idle child to end", () => bench.pictures.pid === undefined);
  assert.equal((await bench.draw(png(8, 8), "image/png")).drawn, true);
});

Deno.test("the worker's environment and sandbox hold no secret, network or way out", () => {
  const { args, env } = selfCommand(["picture-worker"], {
    writable: "/spool",
    mainModule: "/og/main.ts",
    environment: { DATABASE_URL: "postgres://secret", PATH: "/bin", HOME: "/root" },
  });
  assert.deepEqual(env, { PATH: "/bin", HOME: "/root" });
  assert.ok(args.includes("--allow-write=/spool") && args.at(-1) === "picture-worker");
  assert.ok(!args.some((arg) => /^(-A|--allow-(all|net|run|ffi))/.test(arg)));
});

function isAlive(pid: number): boolean {
  try {
    Deno.statSync(`/proc/${pid}`);
    return true;
  } catch {
    return false;
  }
}
