import { isIP } from "node:net";
import { isAbsolute, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { federationProblems } from "./federation_peers.ts";
import { mailProblems } from "./mail_server.ts";
import { oidcProblems } from "./oidc_providers.ts";
import { envName, fileKey, type Section } from "./section.ts";
import { searchProblems } from "./search_engine.ts";
import { type ConfigValues, SECTIONS } from "./sections.ts";
import type { Setting } from "./setting.ts";
import { suggest } from "./suggest.ts";

/** Where a value came from; `default` was not set by anyone. */
export type Origin = "default" | "file" | "environment" | "flag";

/** The whole configuration, read once at start and validated. */
export interface Config extends ConfigValues {
  /** The absolute path of the data folder. */
  readonly dataFolder: string;
  /** The configuration file that was read, if there is one. */
  readonly file: string | undefined;
  /** By the file's name of a setting, `accounts.registration`. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** All that is wrong with a configuration, each line naming the place and the way out. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly problems: readonly string[];
  /** All of it was typed in the command line: what is configured otherwise can be used. */
  readonly typed: boolean;

  constructor(problems: readonly string[], options: { readonly typed: boolean }) {
    super(`The configuration cannot be used:\n${problems.map((line) => `  ${line}`).join("\n")}`);
    this.problems = problems;
    this.typed = options.typed;
  }
}

const EMPTY_FOLDER = new ConfigError(["--data is empty: it must name the data folder"], {
  typed: true,
});

export interface ConfigInput {
  /** By setting, `listen.port`; as typed. */
  readonly flags: ReadonlyMap<string, string>;
  readonly env: Readonly<Record<string, string>>;
  readonly dataFolder?: string | undefined;
  readonly configFile?: string | undefined;
  readonly workingFolder: string;
  /** Undefined where the file does not exist. */
  readonly readFile: (path: string) => string | undefined;
}

export const CONFIG_FILE_NAME = "openguild.yaml";
export const DEFAULT_DATA_FOLDER = "openguild-data";

/** Variables that begin like settings and are none. */
const OTHER_VARIABLES = new Set([
  "OPENGUILD_CACHE",
  "OPENGUILD_CONFIG",
  "OPENGUILD_DATA",
  "OPENGUILD_MEILISEARCH",
  "OPENGUILD_MEILISEARCH_KEY",
  "OPENGUILD_VECTORS",
]);
const OTHER_PREFIXES = ["OPENGUILD_TEST_", "OPENGUILD_BENCH_", "OPENGUILD_CHILD_"];

interface Raw {
  readonly value: unknown;
  readonly origin: Origin;
  /** How the place is called in messages. */
  readonly place: string;
}

/** Reads flags over environment over file over defaults. Throws ConfigError with all problems. */
export function loadConfig(input: ConfigInput): Config {
  const problems: string[] = [];
  // A command line whose variable was not set: the folder one happens to be in is nobody's wish.
  if (input.dataFolder === "") throw EMPTY_FOLDER;
  const folder = input.dataFolder ?? (input.env["OPENGUILD_DATA"] || DEFAULT_DATA_FOLDER);
  const dataFolder = absolute(folder, input);
  const named = input.configFile ?? input.env["OPENGUILD_CONFIG"];
  const path = named === undefined ? join(dataFolder, CONFIG_FILE_NAME) : absolute(named, input);
  const text = input.readFile(path);
  if (text === undefined && named !== undefined) problems.push(`${path}: there is no such file`);

  const raw = new Map<string, Raw>();
  if (text !== undefined) readFileValues(path, text, raw, problems);
  readEnvironment(input, raw, problems);
  const before = problems.length;
  readFlags(input.flags, raw, problems);
  let typed = problems.length - before;

  const origins = new Map<string, Origin>();
  const tell = (origin: Origin, problem: string) => {
    problems.push(problem);
    if (origin === "flag") typed++;
  };
  const values = Object.fromEntries(
    sections().map((section) => [section.name, readSection(section, raw, origins, tell)]),
  ) as unknown as ConfigValues;
  if (problems.length === 0) problems.push(...findConflicts(values));
  if (problems.length > 0) throw new ConfigError(problems, { typed: typed === problems.length });
  return { ...values, dataFolder, file: text === undefined ? undefined : path, origins };
}

function absolute(path: string, input: ConfigInput): string {
  return isAbsolute(path) ? path : resolve(input.workingFolder, path);
}

export function sections(): readonly Section[] {
  return Object.values(SECTIONS);
}

/** Every setting with its names, in the order of the documents. */
export function allSettings(): {
  readonly section: Section;
  readonly key: string;
  readonly id: string;
  readonly env: string;
  readonly setting: Setting<unknown>;
}[] {
  return sections().flatMap((section) =>
    Object.entries(section.settings).map(([key, setting]) => ({
      section,
      key,
      id: `${section.name}.${fileKey(key)}`,
      env: envName(section.name, key, setting),
      setting,
    }))
  );
}

function readFileValues(
  path: string,
  text: string,
  raw: Map<string, Raw>,
  problems: string[],
): void {
  const document = parseDocument(text, { prettyErrors: true, uniqueKeys: true });
  if (document.errors.length > 0) {
    problems.push(...document.errors.map((error) => `${path}: ${error.message.split("\n")[0]}`));
    return;
  }
  const content: unknown = document.toJS({ maxAliasCount: 0 });
  if (content === null || content === undefined) return;
  if (!isRecord(content)) {
    problems.push(`${path}: must be a list of sections such as "listen:"`);
    return;
  }
  const ids = allSettings().map((entry) => entry.id);
  const names = sections().map((section) => section.name);
  for (const [name, settings] of Object.entries(content)) {
    if (!names.includes(name)) {
      problems.push(`${path}: there is no section "${name}"${hint(name, names)}`);
    } else if (settings !== null && !isRecord(settings)) {
      problems.push(`${path}: "${name}" must have its settings below it, each as "key: value"`);
    } else {
      for (const [key, value] of Object.entries(settings ?? {})) {
        const id = `${name}.${key}`;
        if (!ids.includes(id)) {
          problems.push(`${path}: there is no setting "${id}"${hint(id, ids)}`);
        } else if (value !== null) {
          raw.set(id, { value, origin: "file", place: `${path}: ${id}` });
        }
      }
    }
  }
}

function readEnvironment(input: ConfigInput, raw: Map<string, Raw>, problems: string[]): void {
  const settings = allSettings();
  const known = settings.map((entry) => entry.env);
  for (const { env, id, setting } of settings) {
    const value = input.env[env];
    const file = setting.secret ? input.env[`${env}_FILE`] : undefined;
    if (value !== undefined && value !== "") {
      raw.set(id, { value, origin: "environment", place: env });
    } else if (file !== undefined && file !== "") {
      const text = input.readFile(absolute(file, input));
      if (text === undefined) problems.push(`${env}_FILE: there is no file "${file}"`);
      else raw.set(id, { value: text.trim(), origin: "environment", place: `${env}_FILE` });
    }
  }
  for (const name of Object.keys(input.env)) {
    if (!name.startsWith("OPENGUILD_") || OTHER_VARIABLES.has(name)) continue;
    if (OTHER_PREFIXES.some((prefix) => name.startsWith(prefix))) continue;
    if (known.includes(name)) continue;
    const base = name.replace(/_FILE$/, "");
    if (settings.some((entry) => entry.env === base && entry.setting.secret)) continue;
    problems.push(`the environment variable ${name} is no setting${hint(name, known)}`);
  }
}

function readFlags(
  flags: ReadonlyMap<string, string>,
  raw: Map<string, Raw>,
  problems: string[],
): void {
  const settings = allSettings();
  const ids = settings.map((entry) => entry.id);
  for (const [id, value] of flags) {
    const entry = settings.find((candidate) => candidate.id === id);
    if (entry === undefined) problems.push(`there is no setting "${id}"${hint(id, ids)}`);
    else raw.set(id, { value, origin: "flag", place: entry.setting.flag ?? `--set ${id}` });
  }
}

function readSection(
  section: Section,
  raw: ReadonlyMap<string, Raw>,
  origins: Map<string, Origin>,
  tell: (origin: Origin, problem: string) => void,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, setting] of Object.entries(section.settings)) {
    const id = `${section.name}.${fileKey(key)}`;
    const given = raw.get(id);
    origins.set(id, given?.origin ?? "default");
    if (given === undefined && setting.fallback === undefined) continue;
    const result = setting.schema.safeParse(given?.value ?? setting.fallback);
    if (result.success) {
      values[key] = result.data;
    } else {
      const shown = setting.secret ? "" : ` is ${JSON.stringify(given?.value)}: it`;
      const why = result.error.issues[0]?.message ?? "cannot be used";
      tell(given?.origin ?? "default", `${given?.place ?? id}${shown} ${why}`);
    }
  }
  return values;
}

function findConflicts(values: ConfigValues): string[] {
  const problems: string[] = [];
  const { tls, database, bus, blobs, media, metrics, federation, voice } = values;
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    problems.push("tls.cert and tls.key belong together: set both or neither");
  }
  if (tls.cert !== undefined && tls.acme.length > 0) {
    problems.push("tls.cert and tls.acme exclude each other: bring a certificate or fetch one");
  }
  if (bus.natsUrl.length > 0 && database.url === undefined) {
    problems.push("bus.nats_url joins several processes: they need a Postgres in database.url");
  }
  if ((bus.natsUser === undefined) !== (bus.natsPassword === undefined)) {
    problems.push("bus.nats_user and bus.nats_password belong together: set both or neither");
  }
  if (bus.natsUser !== undefined && bus.natsToken !== undefined) {
    problems.push("bus.nats_user and bus.nats_token exclude each other");
  }
  if (blobs.s3Bucket !== undefined && !(blobs.s3AccessKey && blobs.s3SecretKey)) {
    problems.push("blobs.s3_bucket needs blobs.s3_access_key and blobs.s3_secret_key");
  }
  if (blobs.s3Bucket === undefined && (blobs.s3Endpoint ?? blobs.s3AccessKey) !== undefined) {
    problems.push("blobs.s3_endpoint and the S3 keys need blobs.s3_bucket");
  }
  if (media.scanCommand !== undefined && media.scanUrl !== undefined) {
    problems.push("media.scan_command and media.scan_url exclude each other");
  }
  problems.push(...searchProblems(values));
  problems.push(...mailProblems(values));
  problems.push(...oidcProblems(values));
  problems.push(...federationProblems(federation));
  if (federation.mutualTls.length > 0 && tls.cert === undefined && tls.acme.length === 0) {
    problems.push("federation.mutual_tls needs tls.cert or tls.acme: a proxy hides certificates");
  }
  for (
    const [setting, addresses] of [["host", voice.host], ["announce", voice.announce]] as const
  ) {
    const wrong = addresses.find((address) => isIP(address) === 0);
    if (wrong !== undefined) {
      problems.push(`voice.${setting} has ${JSON.stringify(wrong)}: it must be an IP address`);
    }
  }
  if (voice.port > 0 && voice.port + voice.workers - 1 > 65_535) {
    problems.push(
      `voice.workers is ${voice.workers}, each with the next port from voice.port ${voice.port} on: ` +
        "ports end at 65535",
    );
  }
  if (metrics.access === "token" && metrics.token === undefined) {
    problems.push('metrics.access is "token": set metrics.token');
  }
  return problems;
}

function hint(typed: string, known: readonly string[]): string {
  const near = suggest(typed, known);
  return near === undefined ? "" : `; did you mean "${near}"?`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
