import type { BlobStore } from "../../core/ports/blob_store.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Rng } from "../../core/ports/rng.ts";
import type { Log } from "../../core/ports/log.ts";
import { busKind, connectBus } from "../compose/bus.ts";
import type { FederationParts } from "../compose/federation.ts";
import type { Config } from "../config/config.ts";
import { listenAddress } from "../config/derived.ts";
import type { Database } from "../postgres/database.ts";
import type { Sql } from "../postgres/sql.ts";
import { readServerIdentity } from "../services/accounts/server_identity.ts";
import { checkBlobs, failed } from "./checks/blobs.ts";
import { checkBus } from "./checks/bus.ts";
import { checkClock } from "./checks/clock.ts";
import { checkDataFolder } from "./checks/data_folder.ts";
import { checkDatabase, unreachable } from "./checks/database.ts";
import { checkDisk } from "./checks/disk.ts";
import { checkEvents } from "./checks/events.ts";
import { checkFederation } from "./checks/federation.ts";
import { checkKeysOnWord } from "./checks/keys_on_word.ts";
import { checkMail } from "./checks/mail.ts";
import { checkName } from "./checks/name.ts";
import { checkPort } from "./checks/port.ts";
import { checkSearch } from "./checks/search.ts";
import { checkTls } from "./checks/tls.ts";
import { checkVoice, type RunningVoice } from "./checks/voice.ts";
import { type Finding, problem, reasonOf } from "./finding.ts";

export interface DoctorDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly rng: Rng;
  readonly log: Log;
  /** The opened part, or why it could not be opened; undefined: the first start makes it. */
  readonly database: Pick<Database, "kind" | "sql"> | Error | undefined;
  readonly blobs: BlobStore | Error | undefined;
  /** This is the server that runs on the data folder. */
  readonly isRunning: boolean;
  /** What calls of a running server run on. */
  readonly voice?: RunningVoice;
  /** Every stored event is hashed anew, not some of them. */
  readonly allEvents?: boolean;
  /** The way of the running server to others. */
  readonly federation?: FederationParts;
}

/** Everything that is looked at, in the order of the report. A check that breaks is a finding. */
export async function runChecks(deps: DoctorDeps): Promise<Finding[]> {
  const { config, clock, database, blobs } = deps;
  const opened = database instanceof Error ? undefined : database;
  const { host, port } = listenAddress(config);
  const checks: [string, () => Finding[] | Promise<Finding[]>][] = [
    ["name", async () => checkName(config, opened && await readStoredName(opened.sql))],
    ["data folder", () => checkDataFolder(config.dataFolder)],
    ["disk", () => checkDisk(config.dataFolder)],
    [
      "database",
      () => database instanceof Error ? [unreachable(database)] : checkDatabase(opened),
    ],
    [
      "events",
      () => opened === undefined ? [] : checkEvents(opened.sql, { all: deps.allEvents === true }),
    ],
    ["clock", () => checkClock({ clock, database: opened })],
    [
      "file store",
      () => blobs instanceof Error ? [failed("open", blobs)] : checkBlobs({ blobs, rng: deps.rng }),
    ],
    ["bus", () => lookAtBus(deps, opened !== undefined)],
    ["search", () => checkSearch(config, clock)],
    ["port", () => checkPort({ host, port, isRunning: deps.isRunning })],
    ["tls", () => checkTls(config, clock.now())],
    ["mail", () => checkMail(config)],
    ["voice", () => lookAtVoice(deps)],
    ["federation", () => checkFederation({ ...deps, parts: deps.federation })],
    ["keys of others", () => opened === undefined ? [] : checkKeysOnWord(opened.sql)],
  ];
  const findings: Finding[] = [];
  for (const [name, check] of checks) {
    try {
      findings.push(...await check());
    } catch (error) {
      findings.push(problem(name, ["broken", "log"], { reason: reasonOf(error) }));
    }
  }
  return findings;
}

function lookAtBus(deps: DoctorDeps, databaseAnswers: boolean): Promise<Finding[]> | Finding[] {
  const { config, clock, rng } = deps;
  const kind = busKind(config);
  // A bus through a database that does not answer is that database's finding.
  if (kind === "postgres" && !databaseAnswers) return [];
  return checkBus({
    kind,
    connect: () => connectBus(config, deps),
    clock,
    mark: rng.bytes(16),
  });
}

function lookAtVoice({ config, clock, isRunning, voice }: DoctorDeps): Promise<Finding[]> {
  return checkVoice({
    config,
    clock,
    interfaces: Deno.networkInterfaces(),
    bus: busKind(config),
    running: isRunning ? voice : undefined,
  });
}

async function readStoredName(sql: Sql): Promise<string | undefined> {
  const [table] = await sql<{ name: string | null }[]>`
    select to_regclass('server_identity')::text as name`;
  return table?.name ? (await readServerIdentity(sql))?.name : undefined;
}
