import type { Command } from "commander";
import { type Destination, InboundReceipt } from "../../../core/api/admin_federation.ts";
import {
  type DestinationDeps,
  getDestination,
  listDestinations,
  retryDestination,
  setDestinationPaused,
  testServer,
  typedServer,
} from "../../services/federation/destinations.ts";
import { listInboundEvents } from "../../services/federation/inbound_events.ts";
import { answer, openAccountTools, wholeNumber } from "../account_tools.ts";
import { type CliContext, ExitCode } from "../context.ts";
import { UsageError } from "../io.ts";
import { openOutbound } from "../open_server.ts";
import { addConfigOptions, type OptionValues } from "../options.ts";
import { formatTime, printable, table, wrapped } from "../table.ts";

const PAGE = 200;
const EXIT_UNREACHABLE = 1;

/** `federation status|test|retry|events|pause|resume`: how other servers are reached. */
export function addFederation(program: Command, context: CliContext): void {
  const federation = program.command("federation").description(
    "how other servers are reached, and what of theirs was refused",
  );
  const status = federation.command("status")
    .description("show which servers are reached, how far behind they are and why")
    .argument("[server]", "one server alone, in full")
    .option("--json", "as JSON");
  addConfigOptions(status, "folder").action(async (name: string | undefined, options) => {
    await using tools = await openOutbound(options, context);
    if (name === undefined) await showAll(tools.desk, { context, options });
    else {
      const destination = await getDestination(tools.desk, name);
      answer(context, options, { json: { destination }, text: describe(destination, context) });
    }
  });
  const test = federation.command("test")
    .description("ask a server whether it takes a signed request of this one")
    .argument("<server>", "its name, like example.com")
    .option("--json", "as JSON");
  addConfigOptions(test, "folder").action(async (name: string, options: OptionValues) => {
    await using tools = await openOutbound(options, context);
    const result = await testServer(tools.desk, name);
    const text = result.error === null
      ? `${name} answered in ${result.ms} ms.\n`
      : `${name} cannot be reached (${result.error.kind}): ${printable(result.error.text)}\n`;
    answer(context, options, { json: { server: name, ...result }, text });
    if (!result.reachable) throw new ExitCode(EXIT_UNREACHABLE);
  });
  const retry = federation.command("retry")
    .description("send what waits for a server at once")
    .argument("<server>", "its name, like example.com")
    .option("--json", "as JSON");
  addConfigOptions(retry, "folder").action(async (name: string, options: OptionValues) => {
    await using tools = await openOutbound(options, context);
    await retryDestination(tools.desk, name);
    answer(context, options, {
      json: { ok: true },
      text: `What waits for ${name} is being sent: openguild federation status ${name}\n`,
    });
  });
  addEvents(federation, context);
  addPause(federation, context, { name: "pause", paused: true });
  addPause(federation, context, { name: "resume", paused: false });
}

const OUTCOMES = InboundReceipt.shape.outcome;

/** `federation events`: what other servers handed in and this one did not accept, and why. */
function addEvents(federation: Command, context: CliContext): void {
  const command = federation.command("events")
    .description("show which events of other servers were not accepted, and why: the newest first")
    .option("--server <name>", "only those that this server handed in")
    .option("--room <id>", "only those of this room")
    .option("--outcome <outcome>", `only those that were ${OUTCOMES.options.join(", ")}`)
    .option("--limit <count>", "how many to show", "50")
    .option("--before <id>", "go on after a page: only those older than this one of its JSON")
    .option("--json", "as JSON");
  addConfigOptions(command, "folder").action(async (options: OptionValues) => {
    const outcome = OUTCOMES.optional().safeParse(options["outcome"]);
    if (!outcome.success) {
      throw new UsageError(
        `--outcome is ${JSON.stringify(options["outcome"])}; give one of ` +
          `${OUTCOMES.options.join(", ")}.`,
      );
    }
    const before = options["before"];
    const query = {
      server: typeof options["server"] === "string" ? typedServer(options["server"]) : undefined,
      room_id: options["room"] as string | undefined,
      outcome: outcome.data,
      before: before === undefined
        ? undefined
        : wholeNumber("--before", before, { min: 1, max: 999_999_999 }),
      limit: wholeNumber("--limit", options["limit"], { min: 1, max: 1000 }),
    };
    await using tools = await openAccountTools(options, context);
    const list = await listInboundEvents(tools.deps.sql, query);
    const none = "No event of another server was refused or had to wait.\n";
    answer(context, options, {
      json: list,
      text: (list.events.length === 0 ? none : receiptLines(list.events, context.io.columns)) +
        `${list.waiting} wait now for what they cite, or for a key.\n`,
    });
  });
}

function receiptLines(events: readonly InboundReceipt[], columns: number): string {
  return events.flatMap((event) => {
    const ids = [event.type, event.sender, event.room_id, event.event_id];
    return [
      `${formatTime(event.received_ts)}  ${event.outcome}  from ${printable(event.origin)} ` +
      `(${event.door})`,
      ...wrapped(event.reason, columns - 2, 0).map((line) => `  ${line}`),
      ...wrapped(ids.filter((id) => id !== null).join(" "), columns - 2, 0)
        .map((line) => `  ${line}`),
    ];
  }).join("\n") + "\n";
}

function addPause(
  federation: Command,
  context: CliContext,
  { name, paused }: { readonly name: "pause" | "resume"; readonly paused: boolean },
): void {
  const command = federation.command(name)
    .description(
      paused
        ? "send nothing to a server by itself until it is resumed; what it should get waits"
        : "send what waited for a paused server, and go on",
    )
    .argument("<server>", "its name, like example.com")
    .option("--json", "as JSON");
  addConfigOptions(command, "folder").action(async (server: string, options: OptionValues) => {
    await using tools = await openOutbound(options, context);
    await setDestinationPaused(tools.desk, server, { paused, actor: null });
    answer(context, options, {
      json: { ok: true },
      text: paused
        ? `Nothing is sent to ${server} until: openguild federation resume ${server}\n`
        : `What waited for ${server} is being sent: openguild federation status ${server}\n`,
    });
  });
}

async function showAll(
  desk: DestinationDeps,
  { context, options }: { readonly context: CliContext; readonly options: OptionValues },
): Promise<void> {
  const all: Destination[] = [];
  let total = 0;
  do {
    const page = await listDestinations(desk, { limit: PAGE, offset: all.length });
    if (page.destinations.length === 0) break;
    all.push(...page.destinations);
    total = page.total;
  } while (all.length < total);
  answer(context, options, {
    json: { destinations: all },
    text: all.length === 0 ? "No other server has people in a room of this one yet.\n" : table(
      ["SERVER", "STATE", "WAITING", "BEHIND", "LAST SUCCESS", "LAST ERROR"],
      all.map((each) => [
        each.server,
        each.state,
        waitingOf(each),
        formatSpan(each.lag_ms),
        each.state === "unsent" ? "" : formatTime(each.last_success_ts),
        each.failures > 0 ? each.last_error?.text.slice(0, 60) ?? "" : "",
      ]),
    ),
  });
}

function describe(destination: Destination, { io }: CliContext): string {
  const { last_error: error, failing_since_ts: since } = destination;
  const lines: (readonly [string, string])[] = [
    ["Server", destination.server],
    [
      "State",
      destination.blocked_reason ?? STATES[destination.state].replace("NAME", destination.server),
    ],
    ["Shared rooms", String(destination.rooms)],
    ["Waiting", `${waitingOf(destination)}, the oldest for ${formatSpan(destination.lag_ms)}`],
  ];
  if (destination.state !== "unsent") {
    lines.push(["Last success", formatTime(destination.last_success_ts)]);
  }
  if (since !== null) {
    lines.push(["Failing since", `${formatTime(since)}, ${destination.failures} times in a row`]);
  }
  if (destination.paused_since_ts !== null) {
    lines.push(["Paused since", formatTime(destination.paused_since_ts)]);
  }
  if (destination.next_try_ts !== null) {
    const inMs = Math.max(0, destination.next_try_ts - io.clock.now());
    lines.push(["Next try", `in ${formatSpan(inMs)}`]);
  }
  const { keys_on_word: onWord } = destination;
  if (onWord !== null) {
    const { keys, denied, word_of: of } = onWord;
    const refused = denied === 0 ? "" : `; it answers without ${denied} of them: openguild doctor`;
    lines.push(["Keys", `${keys} on the word of ${of.join(", ")}${refused}`]);
  }
  if (error !== null) lines.push(["Last error", `${error.text} (${formatTime(error.ts)})`]);
  return lines.map(([name, value]) => `${name.padEnd(14)} ${printable(value)}\n`).join("");
}

const STATES: Readonly<Record<Destination["state"], string>> = {
  unsent: "there was nothing to send to it yet: openguild federation test NAME asks it",
  well: "it is reached",
  trying: "it failed lately and is tried again",
  away: "it cannot be reached; what it should get waits",
  blocked: "the settings close it out",
  paused: "an administrator has paused it; what it should get waits",
};

function waitingOf({ waiting, waiting_is_more: more }: Destination): string {
  return more ? `more than ${waiting}` : String(waiting);
}

/** `90000` -> `1 min`. */
function formatSpan(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 60_000) return `${Math.floor(ms / 1_000)} s`;
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min`;
  return `${Math.floor(ms / 3_600_000)} h`;
}
