import type { Command } from "commander";
import { DEACTIVATION_TERMS } from "../../../core/api/account.ts";
import { AccountState, type AdminUser } from "../../../core/api/admin.ts";
import { getAdminUser, listUsers } from "../../services/accounts/admin_users.ts";
import { createResetLink, createUser } from "../../services/accounts/create_user.ts";
import { deactivateUser } from "../../services/accounts/deactivate_user.ts";
import { makeFirstAdministratorLink } from "../../services/accounts/one_time_link.ts";
import { getSecondFactor, resetSecondFactor } from "../../services/accounts/second_factor.ts";
import { listSessions } from "../../services/accounts/sessions.ts";
import {
  lockUser,
  setAdministrator,
  suspendUser,
} from "../../services/accounts/set_account_state.ts";
import { signUserOut } from "../../services/accounts/sign_user_out.ts";
import {
  type AccountTools,
  answer,
  openAccountTools,
  typedUser,
  wholeNumber,
} from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { CliError, UsageError } from "../io.ts";
import { addAccessTokens } from "./admin_access_tokens.ts";
import { addExport } from "./admin_export.ts";
import { addWaiting } from "./admin_waiting.ts";
import { addConfigOptions, type OptionValues } from "../options.ts";
import { formatTime, printable, table } from "../table.ts";

const LIST_LIMIT = "50";

/** `admin user ...`, below the given `admin` command. */
export function addAdminUser(admin: Command, context: CliContext): void {
  const user = admin.command("user").description("the accounts of this server");
  const add = (name: string, description: string) =>
    user.command(name).description(description).option("--json", "as JSON");
  addList(add("list", "show accounts, the newest first"), context);
  addConfigOptions(add("show <name>", "show one account and its sessions"), "folder")
    .action((name: string, options: OptionValues) => show(name, options, context));
  addCreate(
    add("create <name>", "make an account; its owner sets the password by a link"),
    context,
  );
  addConfigOptions(
    add("reset-link <name>", "make a one-time link that sets a new password"),
    "folder",
  )
    .action((name: string, options: OptionValues) => resetLink(name, options, context));
  addConfigOptions(add("first-link", "make the link for the first administrator"), "folder")
    .action((options: OptionValues) => firstLink(options, context));
  addConfigOptions(
    add("reset-second-factor <name>", "take authenticator app and passkeys off an account")
      .option("--reason <text>", "why; kept in the log of administration"),
    "folder",
  )
    .action((name: string, options: OptionValues) => dropSecondFactor(name, options, context));
  addStates(add, context);
  addWaiting(add, context);
  addExport(add, context);
  addAccessTokens(add, context);
  addSessions(add("sessions <name>", "show where somebody is signed in"), context);
}

function addList(command: Command, context: CliContext): void {
  command
    .option("--query <text>", "only those with this in their user or display name")
    .option("--state <state>", `only those that are ${AccountState.options.join(", ")}`)
    .option("--admins", "only administrators")
    .option("--limit <count>", "how many to show", LIST_LIMIT)
    .option("--before <next>", "go on after a page, as its JSON names it");
  addConfigOptions(command, "folder").action(async (options: OptionValues) => {
    const state = AccountState.optional().safeParse(options["state"]);
    if (!state.success) {
      throw new UsageError(
        `--state is ${JSON.stringify(options["state"])}; give one of ` +
          `${AccountState.options.join(", ")}.`,
      );
    }
    const limit = wholeNumber("--limit", options["limit"], { min: 1, max: 1000 });
    await using tools = await openAccountTools(options, context);
    const page = await listUsers(tools.deps, {
      query: options["query"] as string | undefined,
      state: state.data,
      admin: options["admins"] === true ? true : undefined,
      before: options["before"] as string | undefined,
      limit,
    });
    const shown = page.users.length < page.total ? `${page.users.length} of ${page.total}` : "";
    const text = page.users.length === 0
      ? "There are no such accounts.\n"
      : userTable(page.users) + (shown === "" ? "" : `\n${shown} shown; --limit shows more.\n`);
    answer(context, options, { json: page, text });
  });
}

function userTable(users: readonly AdminUser[]): string {
  return table(
    ["USER", "NAME", "STATE", "ROLE", "MADE", "LAST SEEN"],
    users.map((user) => [
      user.user_name,
      user.display_name ?? "",
      user.state,
      user.admin ? "administrator" : "",
      formatTime(user.created_ts),
      formatTime(user.last_seen_ts),
    ]),
  );
}

async function show(name: string, options: OptionValues, context: CliContext): Promise<void> {
  await using tools = await openAccountTools(options, context);
  const userId = typedUser(name, tools.deps);
  const user = await getAdminUser(tools.deps.sql, userId);
  const sessions = await listSessions(tools.deps, { userId });
  const factor = await getSecondFactor(tools.deps.sql, userId);
  const reason = user.state_reason === null ? "" : ` (${printable(user.state_reason)})`;
  answer(context, options, {
    json: { user, sessions, second_factor: factor },
    text: `${user.id}\n` +
      `  display name  ${printable(user.display_name ?? "none")}\n` +
      `  state         ${user.state}${reason}\n` +
      `  administrator ${user.admin ? "yes" : "no"}\n` +
      `  made          ${formatTime(user.created_ts)} (${printable(user.created_by ?? "")})\n` +
      `  last seen     ${formatTime(user.last_seen_ts)}\n` +
      `  sessions      ${sessions.length}\n` +
      `  two-step      ${factor.totp ? `since ${formatTime(factor.since_ts)}` : "no"}\n` +
      `  passkeys      ${factor.passkeys}\n`,
  });
}

function addCreate(command: Command, context: CliContext): void {
  command
    .option("--display-name <text>", "how people see the account")
    .option("--admin", "make it an administrator of this server");
  addConfigOptions(command, "folder").action(async (name: string, options: OptionValues) => {
    await using tools = await openAccountTools(options, context);
    const { user, reset } = await createUser(tools.deps, {
      actor: null,
      userName: name,
      displayName: (options["displayName"] as string | undefined) ?? null,
      admin: options["admin"] === true,
    });
    answer(context, options, {
      json: { user, reset },
      text: `Made ${user.id}${user.admin ? ", an administrator" : ""}. ` + linkText(reset),
    });
  });
}

async function resetLink(name: string, options: OptionValues, context: CliContext): Promise<void> {
  await using tools = await openAccountTools(options, context);
  const userId = typedUser(name, tools.deps);
  const reset = await createResetLink(tools.deps, { actor: null, userId });
  answer(context, options, { json: { user_id: userId, reset }, text: linkText(reset) });
}

async function dropSecondFactor(
  name: string,
  options: OptionValues,
  context: CliContext,
): Promise<void> {
  await using tools = await openAccountTools(options, context);
  const userId = typedUser(name, tools.deps);
  const reason = (options["reason"] as string | undefined) ?? null;
  await resetSecondFactor(tools.deps, { actor: null, userId, reason });
  answer(context, options, {
    json: { user_id: userId },
    text:
      `${userId} signs in with the password alone again; recovery codes and passkeys have ended.\n`,
  });
}

function linkText(link: { readonly url: string; readonly expires_ts: number }): string {
  return `This link sets the password, once, until ${
    formatTime(link.expires_ts)
  }:\n  ${link.url}\n`;
}

async function firstLink(options: OptionValues, context: CliContext): Promise<void> {
  await using tools = await openAccountTools(options, context);
  const { deps } = tools;
  const link = await makeFirstAdministratorLink(deps, deps.clock.now());
  if (link === undefined) {
    throw new CliError(
      "There is an administrator already. Make another with: openguild admin user create NAME " +
        "--admin, or a new password with: openguild admin user reset-link NAME.",
    );
  }
  answer(context, options, {
    json: { link },
    text: `This link makes the first administrator, once:\n  ${link.url}\n`,
  });
}

function addStates(add: (name: string, description: string) => Command, context: CliContext): void {
  const command = (
    name: string,
    description: string,
    act: (
      tools: AccountTools,
      input: { user: ReturnType<typeof typedUser>; on: boolean; reason: string | null },
    ) => Promise<AdminUser>,
  ) => {
    const made = add(`${name} <name>`, description)
      .option("--reason <text>", "why; kept in the log of administration")
      .option("--undo", "take it back");
    addConfigOptions(made, "folder").action(async (typed: string, options: OptionValues) => {
      await using tools = await openAccountTools(options, context);
      const user = await act(tools, {
        user: typedUser(typed, tools.deps),
        on: options["undo"] !== true,
        reason: (options["reason"] as string | undefined) ?? null,
      });
      const role = user.admin ? ", administrator" : "";
      answer(context, options, { json: { user }, text: `${user.id}: ${user.state}${role}.\n` });
    });
  };
  command(
    "lock",
    "nothing works for this account until --undo",
    ({ deps }, { user: userId, on, reason }) =>
      lockUser(deps, { actor: null, userId, reason, locked: on }),
  );
  command(
    "suspend",
    "this account may read and change nothing until --undo",
    ({ deps }, { user: userId, on, reason }) =>
      suspendUser(deps, { actor: null, userId, reason, suspended: on }),
  );
  command(
    "administrator",
    "make this account an administrator of the server",
    ({ deps }, { user: userId, on, reason }) =>
      setAdministrator(deps, { actor: null, userId, reason, admin: on }),
  );
  addDeactivate(add("deactivate <name>", "end an account for ever"), context);
}

function addDeactivate(command: Command, context: CliContext): void {
  command
    .option("--reason <text>", "why; kept in the log of administration")
    .option("--yes", "do it: this cannot be undone");
  addConfigOptions(command, "folder").action(async (name: string, options: OptionValues) => {
    await using tools = await openAccountTools(options, context);
    const userId = typedUser(name, tools.deps);
    await getAdminUser(tools.deps.sql, userId);
    if (options["yes"] !== true) {
      const terms = [...DEACTIVATION_TERMS.goes, ...DEACTIVATION_TERMS.stays];
      throw new CliError(
        `This would end ${userId} for ever. What its owner is told:\n` +
          terms.map((line) => `  ${line}\n`).join("") + "Repeat the command with --yes to do it.",
      );
    }
    if (tools.live === undefined) {
      throw new CliError(
        "An account is ended by the running server, because it must leave its guilds: start " +
          "the server with this data folder, then give the command again.",
      );
    }
    const user = await deactivateUser(tools.live, {
      actor: null,
      userId,
      reason: (options["reason"] as string | undefined) ?? null,
    });
    answer(context, options, { json: { user }, text: `${user.id} has been ended.\n` });
  });
}

function addSessions(command: Command, context: CliContext): void {
  command.option("--end-all", "sign the account out everywhere");
  addConfigOptions(command, "folder").action(async (name: string, options: OptionValues) => {
    await using tools = await openAccountTools(options, context);
    const userId = typedUser(name, tools.deps);
    if (options["endAll"] === true) {
      const ended = await signUserOut(tools.deps, { actor: null, userId });
      answer(context, options, {
        json: { sessions_ended: ended },
        text: `Ended ${ended} sessions of ${userId}.\n`,
      });
      return;
    }
    await getAdminUser(tools.deps.sql, userId);
    const sessions = await listSessions(tools.deps, { userId });
    const rows = sessions.map((session) => [
      session.device_name,
      session.address ?? "",
      formatTime(session.created_ts),
      formatTime(session.last_used_ts),
    ]);
    answer(context, options, {
      json: { sessions },
      text: rows.length === 0
        ? `${userId} is signed in nowhere.\n`
        : table(["DEVICE", "ADDRESS", "SINCE", "LAST USED"], rows),
    });
  });
}
