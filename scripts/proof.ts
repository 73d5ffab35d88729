/**
 * `deno task proof`: the tests that search for counter-examples, with many more cases than an
 * ordinary run takes. A failure names its seed. `--help` says how to run a part of it.
 */
interface Goal {
  readonly id: string;
  readonly about: string;
  readonly tests: readonly string[];
  /** Cases by the name after `OPENGUILD_TEST_`; see tests/harness/cases.ts. */
  readonly counts: Readonly<Record<string, number>>;
}

const GOALS: readonly Goal[] = [
  {
    id: "G1",
    about: "kill -9 under load, each store: kills, and sends before each",
    tests: ["tests/crash"],
    counts: { G1_KILLS: 200, G1_SENDS_A_KILL: 5000 },
  },
  {
    id: "G4",
    about: "clocks that jump and drift",
    tests: ["tests/sim/convergence_test.ts"],
    counts: { G4_CASES: 1000, G5_CASES: 1, HIDDEN_CASES: 1 },
  },
  {
    id: "G5",
    about: "schedules of several servers",
    tests: ["tests/sim/convergence_test.ts"],
    counts: { G4_CASES: 1, G5_CASES: 10_000, HIDDEN_CASES: 2000 },
  },
  {
    id: "G6",
    about: "random graphs, and orders of arrival of each",
    tests: ["tests/state/order_independence_test.ts"],
    counts: { G6_GRAPHS: 1000, G6_ORDERS: 50 },
  },
  {
    id: "G7",
    about: "schedules with hostile servers",
    tests: ["tests/sim/byzantine_test.ts"],
    counts: { G7_CASES: 5000 },
  },
  {
    id: "G8",
    about: "pairs of event and state, two implementations",
    tests: ["core/auth", "core/permissions", "tests/state"],
    counts: { G8_PAIRS: 1_000_000 },
  },
  {
    id: "G9",
    about: "mutated events, at the parser and at every door",
    tests: ["core/event/parse_pdu_test.ts", "tests/inbound/mutants_test.ts"],
    counts: { G9_CASES: 1_000_000 },
  },
  {
    id: "G10",
    about: "canonical JSON: round trips and damaged texts",
    tests: ["core/event/json_test.ts", "tests/vectors/json_test.ts"],
    counts: { G10_CASES: 10_000_000 },
  },
  {
    id: "G11",
    about: "Ed25519: all vectors and edge cases",
    tests: ["tests/vectors/ed25519_test.ts"],
    counts: {},
  },
  {
    id: "G12",
    about: "BLAKE3 and base58: all vectors, and random ids",
    tests: ["core/ids", "tests/vectors/base58_test.ts", "tests/vectors/blake3_test.ts"],
    counts: { G12_CASES: 1_000_000 },
  },
  {
    id: "G13",
    about: "redactions, in core and at the door",
    tests: ["core/event/redaction_test.ts", "tests/inbound/redaction_test.ts"],
    counts: { G13_CASES: 100_000 },
  },
  {
    id: "G19",
    about: "transactions of servers",
    tests: ["tests/inbound/transactions_test.ts"],
    counts: { G19_CASES: 10_000 },
  },
  {
    id: "G21",
    about: "a hostile server at 1,000 events a second, for so many seconds",
    tests: ["tests/federation/flood_test.ts"],
    counts: { G21_SECONDS: 600 },
  },
  {
    id: "G24",
    about: "hostile files",
    tests: ["tests/hostile_media_test.ts"],
    counts: { G24_CASES: 20_000 },
  },
  {
    id: "G26",
    about: "clients that drop and return, and times they do",
    tests: ["server/http/gateway/gateway_test.ts"],
    counts: { G26_CLIENTS: 10_000, G26_WAVES: 20 },
  },
  {
    id: "G27",
    about: "hostile connections of each of five kinds",
    tests: ["server/http/listener_test.ts"],
    counts: { G27_CONNECTIONS_EACH: 1200 },
  },
  {
    id: "G28",
    about: "hostile datagrams at each stage of a voice connection, and damaged answers",
    tests: ["voice/sfu/hostile_test.ts"],
    counts: { G28_DATAGRAMS: 1_000_000, G28_ANSWERS: 1_000_000 },
  },
  {
    id: "G29",
    about: "MLS: random histories of groups, mutants at every door, RFC 9420 vectors",
    tests: [
      "tests/mls",
      "core/mls",
      "tests/vectors/mls_primitives_test.ts",
      "tests/vectors/mls_groups_test.ts",
    ],
    counts: { G29_HISTORIES: 10_000, G29_TREES: 1000, G29_MUTANTS: 1_000_000 },
  },
  {
    id: "devices",
    about: "devices on a real server: random histories, and deaths at writes of the store",
    tests: ["tests/e2ee/histories_test.ts", "tests/e2ee/crash_test.ts"],
    counts: { E2EE_HISTORIES: 200, E2EE_CRASHES: 80 },
  },
  {
    id: "replay",
    about: "histories after which a resumed client equals one that stayed",
    tests: ["tests/replay"],
    counts: { REPLAY_CASES: 500 },
  },
];

const HELP = `deno task proof [--scale PART] [GOAL ...]

Runs the goals named, or all, one after the other, with the counts of a release. --scale 0.01 runs
a hundredth of each count. Every count can be set by itself in the environment.

${
  GOALS.map(({ id, about, counts }) => {
    const set = Object.entries(counts).map(([name, count]) => `OPENGUILD_TEST_${name}=${count}`);
    return `  ${id.padEnd(7)} ${about}\n          ${set.join(" ") || "no counts"}`;
  }).join("\n")
}
`;

interface Wish {
  readonly goals: readonly Goal[];
  readonly scale: number;
}

/** What the arguments ask for, or what is wrong with them. */
function readArguments(args: readonly string[]): Wish | string {
  const names = [...args];
  const at = names.indexOf("--scale");
  const scale = at < 0 ? 1 : Number(names.splice(at, 2)[1]);
  if (!(scale > 0)) return "--scale takes a number above 0, such as 0.01.";
  const unknown = names.filter((name) => !GOALS.some(({ id }) => id === name));
  if (unknown.length > 0) return `There is no goal ${unknown.join(", ")}; see --help.`;
  return {
    scale,
    goals: names.length === 0 ? GOALS : GOALS.filter(({ id }) => names.includes(id)),
  };
}

/** Runs the tests of a goal. Resolves a line for the table, and whether they passed. */
async function prove(
  goal: Goal,
  scale: number,
): Promise<{ readonly passed: boolean; readonly line: string }> {
  const env: Record<string, string> = { OPENGUILD_TEST_PROGRESS: "1" };
  for (const [name, count] of Object.entries(goal.counts)) {
    const variable = `OPENGUILD_TEST_${name}`;
    env[variable] = Deno.env.get(variable) ?? String(Math.max(1, Math.round(count * scale)));
  }
  const begunMs = performance.now();
  const { success: passed } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", "--no-check", ...goal.tests],
    cwd: new URL("..", import.meta.url).pathname,
    env,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  const minutes = ((performance.now() - begunMs) / 60_000).toFixed(1);
  const counts = Object.keys(goal.counts).map((name) => `${name}=${env[`OPENGUILD_TEST_${name}`]}`);
  return {
    passed,
    line: `${passed ? "passed" : "FAILED"}  ${goal.id.padEnd(7)} ${minutes.padStart(6)} min  ${
      counts.join(" ")
    }`,
  };
}

if (Deno.args.includes("--help")) {
  console.log(HELP);
  Deno.exit(0);
}
const wish = readArguments(Deno.args);
if (typeof wish === "string") {
  console.error(wish);
  Deno.exit(2);
}
const results = [];
for (const goal of wish.goals) results.push(await prove(goal, wish.scale));
console.log(`\n${results.map(({ line }) => line).join("\n")}`);
Deno.exit(results.every(({ passed }) => passed) ? 0 : 1);
