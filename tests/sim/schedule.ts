import { Random } from "../state/random.ts";

/** What people do, and what befalls servers. */
export const DEEDS = [
  "say",
  "react",
  "redact",
  "edit",
  "give_roles",
  "change_roles",
  "kick",
  "ban",
  "unban",
  "timeout",
  "invite",
  "join",
  "leave",
  "nickname",
  "rename",
  "policy",
  "hide",
  "reserve",
  "hand_over",
  "purge",
] as const;
export const TROUBLES = ["part", "cut", "storm", "calm", "crash", "skew"] as const;
export type Deed = (typeof DEEDS)[number];
export type Trouble = (typeof TROUBLES)[number];

/** One thing that happens. Choices are numbers in [0, 1), read when it happens: what there is to choose from depends on the history. */
export interface Act {
  readonly atMs: number;
  readonly kind: Deed | Trouble | "hostile";
  /** Which server, by its place. */
  readonly server: number;
  readonly choices: readonly number[];
}

/** A whole history before it happens: the same schedule runs the same way every time. */
export interface Schedule {
  readonly seed: number;
  readonly servers: number;
  /** The last so many servers obey no rule. */
  readonly hostile: number;
  readonly usersEach: number;
  /** How long things happen, ms; then all is mended. */
  readonly lengthMs: number;
  readonly acts: readonly Act[];
  /** Nobody says anything in the end: what was said last is the end of its channel. */
  readonly silentEnd: boolean;
}

export interface ScheduleShape {
  readonly servers: readonly [least: number, most: number];
  readonly hostile?: readonly [least: number, most: number];
  readonly acts: readonly [least: number, most: number];
  /** How often a thing is a trouble rather than a deed. */
  readonly troubles: number;
  /** Which troubles; default all but `skew`. */
  readonly of?: readonly Trouble[];
  /** What people do, in place of what they usually do: each as often as it is named. */
  readonly deeds?: readonly Deed[];
  /** Default no. */
  readonly silentEnd?: boolean;
}

/** Channels are hidden and shown again, and what was said last in them is their end. */
export const HIDING: ScheduleShape = {
  servers: [2, 5],
  acts: [25, 50],
  troubles: 0.1,
  silentEnd: true,
  deeds: [
    "say",
    "say",
    "say",
    "reserve",
    "hide",
    "give_roles",
    "give_roles",
    "policy",
    "join",
    "leave",
  ],
};

const CHOICES = 6;
const PACE_MS = 1200;

/** How often each is done; who talks a lot moderates little. */
const WEIGHT: Readonly<Record<Deed, number>> = {
  say: 14,
  react: 3,
  redact: 3,
  edit: 2,
  give_roles: 4,
  change_roles: 3,
  kick: 2,
  ban: 2,
  unban: 2,
  timeout: 2,
  invite: 1,
  join: 4,
  leave: 2,
  nickname: 2,
  rename: 2,
  policy: 3,
  hide: 1,
  // Only where a shape names it.
  reserve: 0,
  hand_over: 1,
  purge: 1,
};
const LOT: readonly Deed[] = DEEDS.flatMap((deed) => Array<Deed>(WEIGHT[deed]).fill(deed));

/** A schedule from its seed. */
export function makeSchedule(seed: number, shape: ScheduleShape): Schedule {
  const random = new Random(seed);
  const between = ([least, most]: readonly [number, number]) =>
    least + random.below(most - least + 1);
  const servers = between(shape.servers);
  const hostile = shape.hostile === undefined ? 0 : between(shape.hostile);
  const count = between(shape.acts);
  const lot = shape.deeds ?? LOT;
  const troubles = shape.of ?? ["part", "cut", "storm", "calm", "crash"];
  const acts: Act[] = [];
  let atMs = 0;
  for (let made = 0; made < count; made++) {
    // In bursts: what happens at once is what servers see in different orders.
    atMs += random.chance(0.4) ? random.below(20) : random.below(PACE_MS);
    acts.push({
      atMs,
      kind: random.chance(shape.troubles) ? random.pick(troubles) : random.pick(lot),
      server: random.below(servers - hostile),
      choices: Array.from({ length: CHOICES }, () => random.next()),
    });
    if (hostile > 0 && random.chance(0.4)) {
      acts.push({
        atMs,
        kind: "hostile",
        server: servers - 1 - random.below(hostile),
        choices: Array.from({ length: CHOICES }, () => random.next()),
      });
    }
  }
  return {
    seed,
    servers,
    hostile,
    usersEach: 2 + random.below(2),
    lengthMs: atMs + 1000,
    acts,
    silentEnd: shape.silentEnd ?? false,
  };
}
