import { z } from "zod";
import { defineOperation } from "./operation.ts";

const tag = "admin";
const auth = "admin" as const;

/** One value of the configuration as it holds now. */
export const ConfigurationEntry = z.object({
  id: z.string().describe("As the file writes it: listen.port"),
  section: z.string(),
  doc: z.string(),
  form: z.string().describe("What may be written"),
  env: z.string().describe("The environment variable that sets it"),
  flag: z.string().nullable().describe("The command line's option, where there is one"),
  value: z.string().nullable().describe("As text; null: not set, or a secret"),
  secret: z.boolean().describe("The value is never shown; `set` says whether there is one"),
  set: z.boolean(),
  origin: z.enum(["default", "pages", "file", "environment", "flag"]).describe(
    "pages: an administrator chose it while the server runs",
  ),
  setting: z.string().nullable().describe(
    "The name under which `adminUpdateSettings` changes it; null: only before a start",
  ),
});
export type ConfigurationEntry = z.infer<typeof ConfigurationEntry>;

export const adminGetConfiguration = defineOperation({
  id: "adminGetConfiguration",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/configuration",
  tag,
  summary: "Every value of the configuration as in effect, and where it comes from",
  auth,
  result: z.object({
    file: z.string().nullable().describe("The configuration file that was read"),
    data_folder: z.string(),
    entries: z.array(ConfigurationEntry),
  }),
  errors: ["forbidden"],
});

/**
 * What one check saw, as `openguild doctor` says it in English; `code`, `advice_code` and `values`
 * say the same to a client with texts of its own.
 */
export const Finding = z.object({
  check: z.string(),
  status: z.enum(["ok", "warning", "problem"]),
  code: z.string(),
  advice_code: z.string().nullable(),
  values: z.record(z.string(), z.union([z.string(), z.number()])),
  message: z.string(),
  advice: z.string().nullable(),
});

export const DoctorReport = z.object({
  ran_ts: z.number().int(),
  findings: z.array(Finding),
});
export type DoctorReport = z.infer<typeof DoctorReport>;

export const adminGetDoctor = defineOperation({
  id: "adminGetDoctor",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/doctor",
  tag,
  summary: "What the last run of the checks in this process saw; the first question runs them",
  auth,
  result: DoctorReport,
  errors: ["forbidden"],
});

export const adminRunDoctor = defineOperation({
  id: "adminRunDoctor",
  scope: "admin",
  method: "POST",
  path: "/client/v1/admin/doctor",
  tag,
  summary: "Run the checks of `openguild doctor` inside the server; at most one run at a time",
  auth,
  result: DoctorReport,
  errors: ["forbidden"],
});

/** What was measured in one step of time, all processes together. */
export const FigurePoint = z.object({
  ts: z.number().int().describe("Begin of the step (ms)"),
  messages: z.number().int().describe("Messages that people of this server sent"),
  requests: z.number().int(),
  failures: z.number().int().describe("Answers that were this server's fault (5xx)"),
  sockets: z.number().int().describe("Most live connections at once"),
  memory_bytes: z.number().int(),
  waiting: z.number().int().describe("Most writes that waited for the database at once"),
  commit_ms: z.number().nullable().describe("Mean time of a commit; null: there was none"),
  commit_max_ms: z.number().nullable(),
  accounts: z.number().int().nullable().describe("null in spans of five minutes"),
  active: z.number().int().nullable().describe("Accounts seen within the day before"),
  database_bytes: z.number().int().nullable(),
  media_bytes: z.number().int().nullable(),
});
export type FigurePoint = z.infer<typeof FigurePoint>;

export const FIGURE_SPANS = ["day", "week", "month", "year"] as const;

export const adminGetFigures = defineOperation({
  id: "adminGetFigures",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/figures",
  tag,
  summary: "What the server recorded of itself",
  auth,
  query: z.object({ span: z.enum(FIGURE_SPANS).default("day") }),
  result: z.object({
    step_ms: z.number().int(),
    from_ts: z.number().int(),
    to_ts: z.number().int(),
    points: z.array(FigurePoint).describe("Oldest first; a step without any is left out"),
  }),
  errors: ["forbidden"],
});

export const adminGetOverview = defineOperation({
  id: "adminGetOverview",
  scope: "admin",
  method: "GET",
  path: "/client/v1/admin/overview",
  tag,
  summary: "How large and how busy the server is now",
  auth,
  result: z.object({
    started_ts: z.number().int().describe("Of the process that answers"),
    accounts: z.number().int().describe("Not ended ones"),
    active_day: z.number().int(),
    active_week: z.number().int(),
    active_month: z.number().int(),
    guilds: z.number().int(),
    messages_day: z.number().int().describe("Sent by people of this server within 24 hours"),
    sockets: z.number().int().describe("Live connections of the process that answers"),
    memory_bytes: z.number().int(),
    waiting: z.number().int(),
    processes: z.number().int().describe("That wrote figures within the last ten minutes"),
    database_bytes: z.number().int(),
    disk_free_bytes: z.number().int().nullable().describe("Where the data folder is"),
    media_files: z.number().int(),
    media_bytes: z.number().int(),
    remote_media_bytes: z.number().int(),
    suspended: z.number().int(),
    locked: z.number().int(),
    encrypting_devices: z.number().int().describe("Signed-in devices with a certificate"),
    encrypted_rooms: z.number().int(),
    backups: z.number().int().describe("Encrypted backups of accounts"),
    backup_bytes: z.number().int(),
  }),
  errors: ["forbidden"],
});
