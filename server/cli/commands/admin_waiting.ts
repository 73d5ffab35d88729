import type { Command } from "commander";
import {
  approveRegistration,
  findRegistration,
  listRegistrations,
  refuseRegistration,
} from "../../services/accounts/decide_registration.ts";
import { answer, openAccountTools } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { addConfigOptions, type OptionValues } from "../options.ts";
import { formatTime, printable, table } from "../table.ts";

const SHOWN = 200;

/** `admin user waiting`, `approve` and `refuse`: who is let in. */
export function addWaiting(
  add: (name: string, description: string) => Command,
  context: CliContext,
): void {
  addConfigOptions(add("waiting", "show who waits to be let in"), "folder")
    .action((options: OptionValues) => list(options, context));
  addConfigOptions(add("approve <name>", "let somebody in who waits"), "folder")
    .action((name: string, options: OptionValues) => approve(name, options, context));
  addConfigOptions(
    add("refuse <name>", "let somebody not in who waits")
      .option("--reason <text>", "why; they are told it"),
    "folder",
  ).action((name: string, options: OptionValues) => refuse(name, options, context));
}

async function list(options: OptionValues, context: CliContext): Promise<void> {
  await using tools = await openAccountTools(options, context);
  const waiting = await listRegistrations(tools.deps, SHOWN);
  const rows = waiting.registrations.map((each) => [
    each.user_name,
    printable(each.display_name ?? ""),
    formatTime(each.created_ts),
    printable(each.address ?? ""),
    printable(each.why ?? ""),
  ]);
  answer(context, options, {
    json: waiting,
    text: rows.length === 0
      ? "Nobody waits to be let in.\n"
      : table(["USER", "NAME", "SINCE", "ADDRESS", "WHY"], rows),
  });
}

async function approve(name: string, options: OptionValues, context: CliContext): Promise<void> {
  await using tools = await openAccountTools(options, context);
  const id = await findRegistration(tools.deps, localOf(name));
  const user = await approveRegistration(tools.deps, { actor: null, id });
  answer(context, options, { json: { user }, text: `${user.id} has an account now.\n` });
}

async function refuse(name: string, options: OptionValues, context: CliContext): Promise<void> {
  await using tools = await openAccountTools(options, context);
  const id = await findRegistration(tools.deps, localOf(name));
  const reason = (options["reason"] as string | undefined) ?? null;
  await refuseRegistration(tools.deps, { actor: null, id, reason });
  answer(context, options, { json: { ok: true }, text: `${localOf(name)} was not let in.\n` });
}

function localOf(typed: string): string {
  return typed.trim().toLowerCase().replace(/^@/, "").replace(/[:@].*$/, "");
}
