import type { Command } from "commander";
import { AdminSettings, AdminSettingsChange } from "../../../core/api/admin.ts";
import { pinnedOf } from "../../services/accounts/open_accounts.ts";
import { describeConfig, RUNTIME_SETTINGS } from "../../config/describe_config.ts";
import { listConfiguration } from "../../services/accounts/list_configuration.ts";
import { readSettings, updateSettings } from "../../services/accounts/settings.ts";
import { answer, openAccountTools } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { UsageError } from "../io.ts";
import { addConfigOptions, type OptionValues, plain, readConfig } from "../options.ts";
import { clipped, printable, wrapped } from "../table.ts";

const NAMES = Object.keys(AdminSettings.shape) as (keyof AdminSettings)[];

const YES_NO: readonly (keyof AdminSettings)[] = [
  "invite_links_open_registration",
  "registration_approval",
  "registration_email",
];

/** `admin setting list` and `admin setting set`: the configuration, and what changes at run time. */
export function addAdminSetting(admin: Command, context: CliContext): void {
  const family = admin.command("setting").description("the configuration as in effect");
  const list = family.command("list")
    .description("show every value and where it comes from; secrets stay hidden")
    .option("--json", "as JSON");
  addConfigOptions(list, "all").action((options: OptionValues) => show(options, context));
  const set = family.command("set")
    .description(`change what can be changed while the server runs: ${NAMES.join(", ")}`)
    .argument("<name>", "the setting")
    .argument("[value]", "its new value; without one it is cleared")
    .option("--json", "as JSON");
  addConfigOptions(set, "all").action(
    (name: string, value: string | undefined, options: OptionValues) =>
      change({ name, value }, options, context),
  );
}

async function open(options: OptionValues, context: CliContext) {
  const config = context.parts.live?.config ?? readConfig(options, context.io);
  return { config, pinned: pinnedOf(config), tools: await openAccountTools(options, context) };
}

async function show(options: OptionValues, context: CliContext): Promise<void> {
  const { config, pinned, tools: opened } = await open(options, context);
  await using tools = opened;
  const { sql } = tools.deps;
  const configuration = describeConfig(config);
  const entries = await listConfiguration({ sql, pinned, configuration });
  const { notice } = await readSettings({ sql, pinned });
  answer(context, options, {
    json: { entries, notice },
    text: settingLines(
      [
        ...entries.map((entry): SettingLine => ({
          name: entry.id,
          value: entry.secret ? (entry.set ? "(secret)" : "none") : entry.value ?? "none",
          from: entry.origin,
          runTime: entry.setting,
          meaning: plain(entry.doc),
        })),
        {
          name: "notice",
          value: notice ?? "none",
          from: notice === null ? "default" : "pages",
          runTime: "notice",
          meaning: "What everybody on this server reads above their pages.",
        },
      ],
      context.io.columns,
    ),
  });
}

/** What `admin setting list` shows of one setting. */
export interface SettingLine {
  readonly name: string;
  readonly value: string;
  /** Where the value comes from. */
  readonly from: string;
  /** Its name for `admin setting set`; null where it is changed in the configuration alone. */
  readonly runTime: string | null;
  readonly meaning: string;
}

/** Each setting with its value, and below it in one line what it means: as wide as the terminal. */
export function settingLines(lines: readonly SettingLine[], columns: number): string {
  return lines.flatMap(({ name, value, from, runTime, meaning }) => {
    const set = runTime === null ? "" : `, set ${runTime}`;
    return [
      ...wrapped(`${name} = ${value} (${from}${set})`, columns, 4),
      `  ${clipped(meaning, columns - 2)}`,
    ];
  }).join("\n") + "\n";
}

async function change(
  typed: { readonly name: string; readonly value: string | undefined },
  options: OptionValues,
  context: CliContext,
): Promise<void> {
  const name = NAMES.find((each) => each === (RUNTIME_SETTINGS[typed.name] ?? typed.name));
  if (name === undefined) {
    throw new UsageError(
      `${JSON.stringify(typed.name)} cannot be changed while the server runs; these can: ` +
        `${NAMES.join(", ")}. Others stand in the configuration file.`,
    );
  }
  const value = YES_NO.includes(name)
    ? ({ true: true, false: false } as Record<string, boolean>)[typed.value ?? ""]
    : typed.value ?? null;
  const parsed = AdminSettingsChange.shape[name].safeParse(value);
  if (!parsed.success) {
    throw new UsageError(
      `${JSON.stringify(typed.value ?? null)} is no value of ${name}: ${
        parsed.error.issues[0]?.message ?? "it cannot be used"
      }.`,
    );
  }
  const { pinned, tools: opened } = await open(options, context);
  await using tools = opened;
  const settings = await updateSettings({ ...tools.deps, pinned }, {
    actor: null,
    values: { [name]: parsed.data },
  });
  answer(context, options, {
    json: { ok: true, settings },
    text: `${name} is ${printable(String(settings[name] ?? "none"))} now.\n`,
  });
}
