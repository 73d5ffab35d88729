import type { HeldEvent } from "../../core/event/event.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf } from "../../core/ids/user_id.ts";
import { TEST_TS } from "../harness/events.ts";
import { Random } from "../state/random.ts";
import { Checks, type Failure } from "./checks.ts";
import { intentOf } from "./deeds.ts";
import { found, type Founding } from "./founding.ts";
import { FAIR, Network } from "./network.ts";
import type { Act, Deed, Schedule } from "./schedule.ts";
import type { SimServer } from "./sim_server.ts";
import { World } from "./world.ts";

/** What the servers of a history are made of. */
export interface Stage {
  readonly world: World;
  readonly network: Network;
  readonly founding: Founding;
  readonly seed: number;
}

/** Makes the servers of a history; the last `schedule.hostile` are the hostile ones. */
export type Troupe = (stage: Stage, schedule: Schedule) => {
  readonly honest: readonly SimServer[];
  /** What the hostile servers do; undefined where there are none. */
  readonly hostile?: (act: Act) => void;
};

export interface Report {
  readonly failures: readonly Failure[];
  /** Events that people made and their servers acknowledged. */
  readonly acknowledged: number;
  /** Tasks of the world: how much happened. */
  readonly tasks: number;
  /** From mended to equal, ms of virtual time. */
  readonly healedMs: number;
  readonly harm: Network["harm"];
  /** Events by how their receipt ended, of all servers together. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Equal where two runs were the same, bit by bit. */
  readonly print: string;
}

const START_MS = TEST_TS;
/** How long servers get after everything is mended, and how often they are compared. */
const HEAL_MAX_MS = 15 * 60_000;
const LOOK_MS = 500;
const CLOSINGS = 3;
const CLOSING_MS = 30_000;
/** What is looked at after equality too: nothing may change any more. */
const AFTER_MS = 70_000;
/**
 * But a hostile server may give one honest server alone what the others refuse by then. Nobody
 * acts any more, so states stay apart until somebody merges: after a minute, each in its turn.
 */
const MERGED_MAX_MS = 10 * 60_000;
/** The second reading of the rules takes longer than the rest of a history. */
const READ_AGAIN_ONE_IN = 10;
const DOWN_MAX_MS = 15_000;
const SKEW_MAX_MS = 3_600_000;

/** Runs a schedule to its end and says what was wrong. */
export async function runHistory(schedule: Schedule, troupe: Troupe): Promise<Report> {
  const world = new World(START_MS);
  const network = new Network(world, new Random(schedule.seed ^ 0x9e37));
  const founding = await found(schedule, START_MS);
  const { honest, hostile } = troupe({ world, network, founding, seed: schedule.seed }, schedule);
  const checks = new Checks({ world, network, founding, honest });
  for (const server of honest) server.start();
  const { silentEnd } = schedule;
  const story = new Story({ world, network, founding, honest, checks, hostile, silentEnd });
  for (const act of schedule.acts) {
    world.after(START_MS + act.atMs - world.nowMs, () => story.perform(act));
  }
  await world.runUntil(START_MS + schedule.lengthMs);
  story.mend();
  const mendedMs = world.nowMs;
  // Each server's people say something last: what they stand on joins what had parted. Where an
  // event was soft-failed on one side alone, states differ until somebody who holds it acts.
  for (let round = 0; round < CLOSINGS; round++) {
    world.after(2000 + round * CLOSING_MS, story.close);
  }
  await world.runUntil(mendedMs + 3000);
  await untilEqual(world, checks, mendedMs + HEAL_MAX_MS);
  const healedMs = world.nowMs - mendedMs;
  await world.runUntil(world.nowMs + AFTER_MS);
  await untilEqual(world, checks, world.nowMs + MERGED_MAX_MS);
  checks.atTheEnd();
  if (schedule.seed % READ_AGAIN_ONE_IN === 0) checks.readAgain();
  for (const server of honest) server.kill();
  return {
    failures: checks.failures,
    acknowledged: checks.acknowledged,
    tasks: world.ran,
    healedMs,
    harm: network.harm,
    outcomes: checks.outcomes(),
    print: checks.print(),
  };
}

async function untilEqual(world: World, checks: Checks, untilMs: number): Promise<void> {
  while (world.nowMs < untilMs && world.faults.length === 0) {
    if (checks.areEqual()) return;
    await world.runUntil(world.nowMs + LOOK_MS);
  }
}

interface StoryParts {
  readonly world: World;
  readonly network: Network;
  readonly founding: Founding;
  readonly honest: readonly SimServer[];
  readonly checks: Checks;
  readonly hostile: ((act: Act) => void) | undefined;
  readonly silentEnd: boolean;
}

/** Makes acts happen. */
class Story {
  readonly #parts: StoryParts;

  constructor(parts: StoryParts) {
    this.#parts = parts;
  }

  perform(act: Act): void {
    const { honest, network, hostile } = this.#parts;
    const server = honest[act.server % honest.length] as SimServer;
    const [first = 0, second = 0] = act.choices;
    switch (act.kind) {
      case "hostile":
        return hostile?.(act);
      case "part":
        return this.#part(act);
      case "cut":
        network.cut(
          server.name,
          this.#names[Math.floor(first * this.#names.length)] ?? server.name,
        );
        return;
      case "storm":
        network.weather = {
          minMs: 5,
          maxMs: 20 + 3000 * first,
          loss: 0.4 * second,
          duplicates: 0.2,
        };
        return;
      case "calm":
        network.weather = FAIR;
        return network.heal();
      case "crash":
        return this.#crash(server, first * DOWN_MAX_MS);
      case "skew":
        server.skew.offsetMs = Math.round((first * 2 - 1) * (second < 0.5 ? 60_000 : SKEW_MAX_MS));
        return;
      default:
        return this.#do(act.kind, server, act.choices);
    }
  }

  get #names(): readonly ServerName[] {
    return this.#parts.founding.servers.map(({ name }) => name);
  }

  #part(act: Act): void {
    const { network } = this.#parts;
    network.heal();
    const side = (at: number) =>
      ((act.choices[at % act.choices.length] ?? 0) + at * 0.29) % 1 < 0.5;
    this.#names.forEach((a, at) =>
      this.#names.forEach((b, other) => {
        if (side(at) !== side(other)) network.cut(a, b);
      })
    );
  }

  #crash(server: SimServer, downMs: number): void {
    if (!server.up) return;
    server.kill();
    this.#parts.world.after(downMs, () => {
      if (!server.up) server.start();
    });
  }

  #do(deed: Deed, server: SimServer, choices: readonly number[]): void {
    const { founding, world, checks } = this.#parts;
    if (!server.up) return;
    const holdings = server.holdings();
    const intent = intentOf(deed, {
      authority: holdings.authority,
      locals: founding.people.filter((user) => serverOf(user) === server.name),
      people: founding.people,
      channels: founding.channels,
      said: (channelId) =>
        holdings.timeline(channelId).filter(({ pdu }) => pdu.type === "m.room.message").map((
          { id, pdu: { sender } },
        ) => ({ id, sender })),
      nowMs: world.nowMs + server.skew.offsetMs,
    }, choices);
    if (intent === undefined) return;
    world.watch(
      server.act(intent).then((event?: HeldEvent) => {
        if (event !== undefined) checks.acknowledge(server, event);
      }),
    );
  }

  /** Everything works again: network, clocks, servers. */
  mend(): void {
    const { network, honest } = this.#parts;
    network.heal();
    network.weather = FAIR;
    for (const server of honest) {
      server.skew.offsetMs = 0;
      if (!server.up) server.start();
    }
  }

  /** A last control event and a last message of every server. */
  readonly close = (): void => {
    const { honest, silentEnd } = this.#parts;
    honest.forEach((server, at) => {
      const choices = [at / 10, 0.5, 0.5];
      this.#do("nickname", server, choices);
      if (!silentEnd) this.#do("say", server, choices);
    });
  };
}
