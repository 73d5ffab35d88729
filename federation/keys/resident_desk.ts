import type { KeyProof, KeyWord } from "../../core/api/federation/shapes.ts";
import type { JsonValue } from "../../core/event/json.ts";
import type { KeyName } from "../../core/event/verify_event.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { type KeyEntry, keyIdOf, parseKeyEntry } from "../../core/keys/key_entry.ts";
import { limits } from "../../core/limits.ts";
import type { Clock } from "../../core/ports/clock.ts";
import { keyNameText, type Residents, TransportError } from "../ports.ts";
import { isTakenOnWord } from "./count_words.ts";
import { Pauses } from "./pauses.ts";
import { Slots } from "./slots.ts";
import { keyWeakness } from "./weak_keys.ts";

/** What a server answers who is asked for keys of another (operation `getKeys`). */
export interface KeysAnswer {
  readonly keys: readonly KeyProof[];
  /** Absent: it says nothing of how it holds them. */
  readonly words?: readonly KeyWord[] | undefined;
  /** It is checking a room that it has joined: what it has not, it may be about to have. */
  readonly checking?: boolean | undefined;
}

export interface ResidentDeps {
  readonly self: ServerName;
  readonly clock: Clock;
  /** @throws TransportError */
  readonly askKeys: (of: ServerName, names: readonly KeyName[]) => Promise<KeysAnswer>;
}

/** An entry, and those on whose word it is taken. */
export interface Taken {
  readonly entry: KeyEntry;
  readonly of: readonly ServerName[];
}

/** Whoever asks looks after what is held. */
export interface Keeper {
  /** Those of the keys that are not held by now. */
  missing(names: readonly KeyName[]): Promise<readonly KeyName[]>;
  /** Answers what may be used of what was taken, once it is kept. */
  keep(taken: ReadonlyMap<string, Taken>): Promise<ReadonlyMap<string, Taken>>;
}

/** Servers asked at once for one server's keys, and in how many turns while too few answer. */
const ASKED_AT_ONCE = 5;
const MAX_TURNS = 3;
/** From so many answers on nobody further is asked. */
const ENOUGH_ANSWERS = 2;
const QUESTIONS_AT_ONCE = 16;
/** Questions that wait for their turn. */
const MAX_WAITING = 200;
/** A key that was not taken is asked for again after this, doubled each time. */
const REFUSED = { firstMs: 10_000, mostMs: 600_000, max: 10_000 };

/**
 * Asks servers of a room for keys of a server that does not answer. Each key is asked for once at
 * a time; one that was not taken is not asked for again for a while. PROTOCOL.md 8.
 */
export class ResidentDesk {
  readonly #deps: ResidentDeps;
  readonly #slots = new Slots(QUESTIONS_AT_ONCE);
  readonly #flights = new Map<string, Promise<ReadonlyMap<string, Taken>>>();
  readonly #refused: Pauses;

  constructor(deps: ResidentDeps) {
    this.#deps = deps;
    this.#refused = new Pauses(deps.clock, REFUSED);
  }

  /** Keys whose pause is remembered; never above the bound. */
  get size(): number {
    return this.#refused.size;
  }

  /** What is taken of keys of one server, by `keyNameText`. */
  async ask(
    names: readonly KeyName[],
    residents: Residents,
    keeper: Keeper,
  ): Promise<Map<string, Taken>> {
    const taken = new Map<string, Taken>();
    const flights = new Set<Promise<ReadonlyMap<string, Taken>>>();
    const fresh: KeyName[] = [];
    for (const name of names) {
      const key = questionOf(name, residents);
      const flight = this.#flights.get(key);
      if (flight !== undefined) flights.add(flight);
      else if (this.#refused.isOver(key)) fresh.push(name);
    }
    for (let at = 0; at < fresh.length; at += limits.federation.maxIdsPerRequest) {
      if (this.#slots.waiting >= MAX_WAITING) break;
      const batch = fresh.slice(at, at + limits.federation.maxIdsPerRequest);
      flights.add(this.#begin(batch, residents, keeper));
    }
    const wanted = new Set(names.map(keyNameText));
    for (const flight of flights) {
      for (const [text, found] of await flight) if (wanted.has(text)) taken.set(text, found);
    }
    return taken;
  }

  #begin(
    batch: readonly KeyName[],
    residents: Residents,
    keeper: Keeper,
  ): Promise<ReadonlyMap<string, Taken>> {
    const keys = batch.map((name) => questionOf(name, residents));
    const flight = this.#slots.run(async () => {
      // A question that ended while this one came here may have brought them.
      const missing = await keeper.missing(batch);
      return missing.length === 0
        ? new Map<string, Taken>()
        : await keeper.keep(await this.#askOnce(missing, residents));
    }).finally(() => {
      for (const key of keys) this.#flights.delete(key);
    });
    for (const key of keys) this.#flights.set(key, flight);
    return flight;
  }

  async #askOnce(batch: readonly KeyName[], residents: Residents): Promise<Map<string, Taken>> {
    const answers = await this.#answersOf(batch, residents.servers);
    const entries = entriesOf(answers);
    const taken = new Map<string, Taken>();
    for (const name of batch) {
      const entry = entries.get(keyNameText(name));
      const found = entry && judge(name, { entry, answers, holdAll: residents.holdAll });
      if (found !== undefined) taken.set(keyNameText(name), found);
      if (answers.length > 0) this.#refused.note(questionOf(name, residents), found === undefined);
    }
    return taken;
  }

  async #answersOf(
    batch: readonly KeyName[],
    servers: readonly ServerName[],
  ): Promise<readonly Answered[]> {
    const about = new Set(batch.map(({ server }) => server));
    const askable = [...new Set(servers)]
      .filter((server) => server !== this.#deps.self && !about.has(server));
    const answers: Answered[] = [];
    for (let turn = 0; turn < MAX_TURNS && answers.length < ENOUGH_ANSWERS; turn++) {
      const asked = askable.slice(turn * ASKED_AT_ONCE, (turn + 1) * ASKED_AT_ONCE);
      const came = await Promise.all(asked.map((server) => this.#askOne(server, batch)));
      answers.push(...came.filter((answer) => answer !== undefined));
    }
    return answers;
  }

  async #askOne(server: ServerName, batch: readonly KeyName[]): Promise<Answered | undefined> {
    try {
      return { server, ...await this.#deps.askKeys(server, batch) };
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      return undefined;
    }
  }
}

interface Answered extends KeysAnswer {
  readonly server: ServerName;
}

/** The same key is another question where not to know it means something else. */
function questionOf(name: KeyName, { holdAll, forNow = false }: Residents): string {
  return `${holdAll ? "all" : "some"} ${forNow ? "now" : "kept"} ${keyNameText(name)}`;
}

function judge(
  name: KeyName,
  { entry, answers, holdAll }: {
    readonly entry: KeyEntry;
    readonly answers: readonly Answered[];
    readonly holdAll: boolean;
  },
): Taken | undefined {
  const said = answers.flatMap(({ server, words = [], checking }) => {
    const word = words.find((each) => each.server === name.server && each.key_id === name.keyId);
    // Who is still checking a room may be about to hold what it has not.
    return word === undefined || (word.word === "none" && checking === true)
      ? []
      : [{ by: server, word: word.word, as_of: word.as_of }];
  });
  if (!isTakenOnWord(said, { holdAll, validFrom: entry.valid_from })) return undefined;
  const own = said.filter(({ word }) => word === "own");
  const of = own.length > 0 ? own : said.filter(({ word }) => word === "heard");
  return { entry, of: of.map(({ by }) => by) };
}

/** By `keyNameText`. Whoever gives an entry can change nothing in it: its id is its hash. */
function entriesOf(answers: readonly Answered[]): Map<string, KeyEntry> {
  const entries = new Map<string, KeyEntry>();
  for (const proof of answers.flatMap(({ keys }) => keys)) {
    const entry = parseKeyEntry(proof.entry as unknown as JsonValue);
    if (entry === undefined || keyWeakness(entry) !== undefined) continue;
    entries.set(keyNameText({ server: entry.server, keyId: keyIdOf(entry) }), entry);
  }
  return entries;
}
