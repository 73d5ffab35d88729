import type { Command } from "commander";
import type { RegistrationToken } from "../../../core/api/admin.ts";
import {
  createRegistrationToken,
  listRegistrationTokens,
  revokeRegistrationToken,
} from "../../services/accounts/registration_tokens.ts";
import { answer, openAccountTools, wholeNumber } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { addConfigOptions, type OptionValues } from "../options.ts";
import { formatTime, table } from "../table.ts";

const DAY_MS = 86_400_000;

/**
 * `admin token ...` and `admin invite ...`: the same codes, given out as a code to type or as
 * a link to open.
 */
export function addAdminToken(admin: Command, context: CliContext): void {
  addFamily(admin.command("token").description("codes with which people register"), context, {
    noun: "token",
    give: (token) => `Registration token:\n  ${token.code}\n`,
  });
  addFamily(admin.command("invite").description("links with which people register"), context, {
    noun: "invite link",
    give: (token) => `Invite link:\n  ${token.url}\n`,
  });
}

interface Wording {
  readonly noun: string;
  readonly give: (token: RegistrationToken) => string;
}

function addFamily(family: Command, context: CliContext, wording: Wording): void {
  const { noun } = wording;
  const list = family.command("list").description(`show every ${noun}, the newest first`)
    .option("--valid", "only those that still work")
    .option("--json", "as JSON");
  addConfigOptions(list, "folder").action((options: OptionValues) => show(options, context, noun));
  const create = family.command("create").description(`make a new ${noun}`)
    .option("--uses <count>", "for so many accounts; 0: any number", "1")
    .option("--days <count>", "good for so many days; 0: for ever", "7")
    .option("--note <text>", "what it is for")
    .option("--json", "as JSON");
  addConfigOptions(create, "folder").action((options: OptionValues) =>
    make(options, context, wording)
  );
  const revoke = family.command("revoke").description(
    `end ${noun === "token" ? "a token" : "an invite link"}`,
  )
    .argument("<code>", "the code, or the id that JSON shows")
    .option("--json", "as JSON");
  addConfigOptions(revoke, "folder").action(async (code: string, options: OptionValues) => {
    await using tools = await openAccountTools(options, context);
    const token = code.split("token=").at(-1) ?? code;
    await revokeRegistrationToken(tools.deps, { actor: null, token });
    answer(context, options, { json: { ok: true }, text: "It opens nothing any more.\n" });
  });
}

async function show(options: OptionValues, context: CliContext, noun: string): Promise<void> {
  await using tools = await openAccountTools(options, context);
  const tokens = await listRegistrationTokens(tools.deps, { validOnly: options["valid"] === true });
  const rows = tokens.map((token) => [
    noun === "token" ? token.code : token.url,
    token.state,
    `${token.uses}/${token.max_uses ?? "any"}`,
    token.expires_ts === null ? "never" : formatTime(token.expires_ts),
    token.note ?? "",
  ]);
  answer(context, options, {
    json: { tokens },
    text: rows.length === 0
      ? `There is no ${noun}.\n`
      : table([noun.toUpperCase(), "STATE", "USED", "ENDS", "NOTE"], rows),
  });
}

async function make(options: OptionValues, context: CliContext, wording: Wording): Promise<void> {
  const uses = wholeNumber("--uses", options["uses"], { min: 0, max: 1_000_000 });
  const days = wholeNumber("--days", options["days"], { min: 0, max: 3660 });
  await using tools = await openAccountTools(options, context);
  const token = await createRegistrationToken(tools.deps, {
    actor: null,
    note: (options["note"] as string | undefined) ?? null,
    maxUses: uses === 0 ? null : uses,
    expiresInMs: days === 0 ? null : days * DAY_MS,
  });
  answer(context, options, { json: { token }, text: wording.give(token) });
}
