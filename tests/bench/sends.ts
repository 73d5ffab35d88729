/**
 * Durable sends a second over HTTP, each with a nonce as the web client sends it, beside
 * `pgbench` committing single rows of the same size with as many clients on the same Postgres,
 * taking turns. Beside both, what hashing, signing and storing alone reach: how much of the way
 * to `pgbench` is theirs. `deno run -A tests/bench/sends.ts [SENDERS] [--tiny]`
 */
import type { BareOrder, BareReport } from "./bare_sends.ts";
import { connect } from "../../server/postgres/connect.ts";
import { silentLog } from "../../server/system/log.ts";
import { type Crowd, gatherCrowd, type Seat } from "./crowd.ts";
import { type BenchSize, type Figure, tellFigure } from "../../scripts/lib/figure.ts";
import { readSize } from "./read_size.ts";
import { Part } from "./part.ts";
import { CONTROL_TABLE, pgbench } from "./pgbench.ts";
import { cpuUs } from "./process_facts.ts";
import type { SendOrder, SendReport } from "./send_client.ts";

interface Case {
  readonly senders: number;
  readonly where: "one channel" | "many channels";
  /** Of the ratio to pgbench. */
  readonly atLeast: number;
}

const CASES: readonly Case[] = [
  { senders: 1, where: "one channel", atLeast: 0.4 },
  { senders: 16, where: "one channel", atLeast: 0.6 },
  { senders: 16, where: "many channels", atLeast: 0.6 },
  { senders: 64, where: "one channel", atLeast: 0.6 },
  { senders: 64, where: "many channels", atLeast: 0.6 },
  { senders: 256, where: "one channel", atLeast: 1 },
  { senders: 256, where: "many channels", atLeast: 1 },
];
const FULL = {
  members: 16,
  guildsEach: 4,
  seconds: 4,
  controlSeconds: 2,
  bareSeconds: 2,
  rounds: 2,
};
const TINY: typeof FULL = {
  ...{ members: 2, guildsEach: 1 },
  ...{ seconds: 0.2, controlSeconds: 0, bareSeconds: 0.2, rounds: 1 },
};

interface Bench {
  readonly crowd: Crowd;
  readonly client: Part;
  readonly bare: Part;
  readonly settings: typeof FULL;
  nextRound: number;
}

async function send(bench: Bench, { senders, where }: Case, seconds: number): Promise<SendReport> {
  const { crowd, client } = bench;
  const seats = where === "one channel" ? crowd.shared : crowd.apart;
  const order: SendOrder = {
    port: crowd.port,
    seats: Array.from({ length: senders }, (_, i) => seats[i % seats.length] as Seat),
    seconds,
    round: bench.nextRound++,
  };
  return await client.ask<SendReport>(order);
}

async function sendBare({ crowd, bare, settings }: Bench, callers: number): Promise<BareReport> {
  const { databaseUrl } = crowd;
  const order: BareOrder = { databaseUrl, callers, seconds: settings.bareSeconds };
  return await bare.ask<BareReport>(order);
}

/** One reading of a case, between two of its control. */
async function measure(bench: Bench, each: Case): Promise<Figure> {
  const { crowd, client, settings } = bench;
  const control = () =>
    pgbench({
      url: crowd.databaseUrl,
      folder: crowd.folder,
      clients: each.senders,
      // Postgres starts a process for each client, before anything is counted.
      seconds: settings.controlSeconds + Math.ceil(each.senders / 64),
    });
  const before = await control();
  const [server, sender] = [await cpuUs(crowd.server.pid), await cpuUs(client.pid)];
  const report = await send(bench, each, settings.seconds);
  const cpu = (await cpuUs(crowd.server.pid) - server) / report.sends;
  const clientCpu = (await cpuUs(client.pid) - sender) / report.sends;
  const { perSecond: barePerSecond } = await sendBare(bench, each.senders);
  const commits = (before + await control()) / 2;
  return {
    bench: "sends",
    name: `${each.senders} senders, ${each.where}`,
    value: report.perSecond,
    unit: "durable sends/s",
    control: { name: "pgbench commits/s", value: commits },
    target: { of: "ratio", atLeast: each.atLeast },
    more: {
      errors: report.errors,
      disordered: report.disordered,
      p50_ms: report.p50Ms,
      p99_ms: report.p99Ms,
      server_cpu_us: cpu,
      client_cpu_us: clientCpu,
      bare_per_second: barePerSecond,
      bare_ratio: barePerSecond / commits,
    },
  };
}

/** The best of several readings: on a shared machine the worse ones tell of other programs. */
function best(figures: readonly Figure[]): Figure {
  const ratio = ({ value, control }: Figure) => value / (control?.value ?? 1);
  const [first, ...rest] = figures;
  if (first === undefined) throw new Error("Nothing was measured.");
  const chosen = rest.reduce((most, each) => ratio(each) > ratio(most) ? each : most, first);
  const total = (name: string) => figures.reduce((sum, { more }) => sum + (more?.[name] ?? 0), 0);
  // What went wrong in any reading counts, however quick another was.
  return {
    ...chosen,
    more: { ...chosen.more, errors: total("errors"), disordered: total("disordered") },
  };
}

export async function measureSends(size: BenchSize, only?: number): Promise<void> {
  const settings = size.tiny ? TINY : FULL;
  await using crowd = await gatherCrowd(settings);
  const sql = connect({ url: crowd.databaseUrl, poolSize: 1, log: silentLog });
  await sql.unsafe(CONTROL_TABLE);
  await sql.end();
  await using client = new Part("send_client.ts");
  await using bare = new Part("bare_sends.ts");
  const bench: Bench = { crowd, client, bare, settings, nextRound: 1 };
  // Loads rooms and lets the compiler see the path before anything counts.
  for (const where of ["one channel", "many channels"] as const) {
    await send(bench, { senders: size.tiny ? 2 : 64, where, atLeast: 0 }, settings.seconds);
  }
  await sendBare(bench, 64);
  for (const each of CASES) {
    if (size.tiny && each.senders > 16 || only !== undefined && each.senders !== only) continue;
    const figures: Figure[] = [];
    for (let i = 0; i < settings.rounds; i++) figures.push(await measure(bench, each));
    tellFigure(best(figures));
  }
}

if (import.meta.main) {
  const senders = Deno.args.find((arg) => /^\d+$/.test(arg));
  await measureSends(readSize(Deno.args), senders === undefined ? undefined : Number(senders));
}
