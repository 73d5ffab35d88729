import type { Command } from "commander";
import { AdminSettings } from "../../../core/api/admin.ts";
import { pinnedOf } from "../../services/accounts/open_accounts.ts";
import { describeConfig, RUNTIME_SETTINGS } from "../../config/describe_config.ts";
import { listConfiguration } from "../../services/accounts/list_configuration.ts";
import { readSettings, updateSettings } from "../../services/accounts/settings.ts";
import { answer, openAccountTools } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { CliError } from "../io.ts";
import { addConfigOptions, type OptionValues, readConfig } from "../options.ts";
import { printable, table } from "../table.ts";

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
    text: table(
      ["SETTING", "VALUE", "FROM", "AT RUN TIME"],
      [
        ...entries.map((entry) => [
          entry.id,
          printable(entry.secret ? (entry.set ? "(secret)" : "none") : entry.value ?? "none"),
          entry.origin,
          entry.setting ?? "",
        ]),
        ["(none)", printable(notice ?? "none"), notice === null ? "default" : "pages", "notice"],
      ],
    ),
  });
}

async function change(
  typed: { readonly name: string; readonly value: string | undefined },
  options: OptionValues,
  context: CliContext,
): Promise<void> {
  const name = NAMES.find((each) => each === (RUNTIME_SETTINGS[typed.name] ?? typed.name));
  if (name === undefined) {
    throw new CliError(
      `${JSON.stringify(typed.name)} cannot be changed while the server runs; these can: ` +
        `${NAMES.join(", ")}. Others stand in the configuration file.`,
    );
  }
  const value = YES_NO.includes(name)
    ? ({ true: true, false: false } as Record<string, boolean>)[typed.value ?? ""]
    : typed.value ?? null;
  const parsed = AdminSettings.shape[name].safeParse(value);
  if (!parsed.success) {
    throw new CliError(
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
