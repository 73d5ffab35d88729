/**
 * From the start of the process to the first answered request, and resident memory when idle:
 * with the embedded database and with Postgres outside, the first start and a later one, beside
 * a bare `Deno.serve`. `deno run -A tests/bench/start.ts [--tiny]`
 */
import { freePort } from "../../scripts/lib/free_port.ts";
import { FROM_SOURCE } from "../../scripts/lib/from_source.ts";
import { freshDatabase } from "../harness/postgres.ts";
import { tempFolder } from "../harness/temp_folder.ts";
import { type BenchSize, type Figure, type Target, tellFigure } from "../../scripts/lib/figure.ts";
import { readSize } from "./read_size.ts";
import { residentMb } from "./process_facts.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;
const BARE = new URL("./bare_server.ts", import.meta.url).pathname;
const FULL = { starts: 3, idleMs: 4000 };
const TINY: typeof FULL = { starts: 1, idleMs: 100 };
const POLL_MS = 5;
const GIVE_UP_MS = 120_000;

interface Reading {
  readonly startMs: number;
  readonly residentMb: number;
}

interface Program {
  readonly args: (port: number) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly path: string;
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

async function start(program: Program, idleMs: number): Promise<Reading> {
  const port = freePort();
  const begun = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [...FROM_SOURCE, ...program.args(port)],
    env: program.env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  try {
    while (!await answers(`http://127.0.0.1:${port}${program.path}`)) {
      if (performance.now() - begun > GIVE_UP_MS) throw new Error("The server does not answer.");
      await sleep(POLL_MS);
    }
    const startMs = performance.now() - begun;
    await sleep(idleMs);
    return { startMs, residentMb: await residentMb(child.pid) };
  } finally {
    child.kill("SIGINT");
    await child.status;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function serverOn(folder: string, databaseUrl: string | undefined): Program {
  return {
    args: (port) => [MAIN, "serve", "--port", String(port), "--data", folder],
    env: databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl },
    path: "/readyz",
  };
}

/** The best of several, for the same reason as in `sends.ts`. */
async function bestOf(program: Program, { starts, idleMs }: typeof FULL): Promise<Reading> {
  const readings: Reading[] = [];
  for (let i = 0; i < starts; i++) readings.push(await start(program, idleMs));
  return {
    startMs: Math.min(...readings.map((reading) => reading.startMs)),
    residentMb: Math.min(...readings.map((reading) => reading.residentMb)),
  };
}

export async function measureStart(size: BenchSize): Promise<void> {
  const settings = size.tiny ? TINY : FULL;
  const bare = await bestOf({ args: (port) => [BARE, String(port)], env: {}, path: "/" }, settings);
  const tell = (name: string, value: number, of: { unit: "ms" | "MB"; target?: Target }) => {
    const control = of.unit === "ms" ? bare.startMs : bare.residentMb;
    const figure: Figure = {
      bench: "start",
      name,
      value,
      control: { name: "bare Deno.serve", value: control },
      ...of,
    };
    tellFigure(figure);
  };
  await using embedded = await tempFolder();
  await using outside = await tempFolder();
  await using database = await freshDatabase({ migrated: false });
  const atMost = (most: number): Target => ({ of: "value", atMost: most });
  const kinds = [
    { name: "embedded", program: serverOn(embedded.path, undefined), mostMb: 400 },
    { name: "Postgres outside", program: serverOn(outside.path, database.url), mostMb: 120 },
  ];
  for (const { name, program, mostMb } of kinds) {
    const first = await start(program, 0);
    tell(`first start, ${name}`, first.startMs, { unit: "ms" });
    const later = await bestOf(program, settings);
    tell(`later start, ${name}`, later.startMs, { unit: "ms", target: atMost(1500) });
    tell(`idle memory, ${name}`, later.residentMb, { unit: "MB", target: atMost(mostMb) });
  }
}

if (import.meta.main) await measureStart(readSize(Deno.args));
