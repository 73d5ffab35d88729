import { type Right, RIGHTS } from "../../../core/permissions/bits.ts";
import {
  type CommandName,
  type CommandPlace,
  type CommandProblem,
  readCommand,
} from "../commands/commands.ts";
import { formatDuration } from "../format/duration.ts";
import { can } from "../format/rights.ts";
import { t } from "../i18n/t.ts";
import { POLL_QUESTION_CHARS } from "../limits.ts";
import type { ChatState } from "../store/chat.ts";
import { channelOf, guildOf, type TalkPlace } from "../store/place.ts";
import { callApi } from "./browser_api.ts";
import { openDm } from "./guilds.ts";
import { isEncrypted } from "./privacy.ts";
import { showToast } from "./toast.ts";

/** What became of a typed command: words to be said, a problem to be shown, or it is done. */
export type CommandResult =
  | { readonly say: string }
  | { readonly problem: string }
  | "done";

export function commandPlace(state: ChatState, place: TalkPlace): CommandPlace {
  const guild = guildOf(state.known, place);
  const bits = channelOf(state.known, place)?.permissions ?? "0";
  // Entries of the channel may give or take what has to do with it; all else the guild gives.
  const may = (right: Right) =>
    can(RIGHTS[right].inChannel ? bits : guild?.permissions ?? "0", right);
  return { guild: guild !== undefined, may };
}

/** Reads and carries out a command. @throws ApiError where the server refuses it */
export async function runCommand(
  state: ChatState,
  place: TalkPlace,
  text: string,
): Promise<CommandResult> {
  const read = readCommand(text, commandPlace(state, place));
  if ("problem" in read) return { problem: explain(read.problem) };
  const { command, values } = read;
  const [first, second, third] = values;
  const said = sayFor(command.name as CommandName, first ?? "");
  if (said !== undefined) return { say: said };
  const guild = guildOf(state.known, place);
  if (command.name === "poll") {
    if (isEncrypted(state, place.roomId)) return { problem: t("poll.encrypted") };
    state.overlay.value = {
      kind: "createPoll",
      place,
      question: (first ?? "").slice(0, POLL_QUESTION_CHARS),
    };
    return "done";
  }
  if (command.name === "msg") {
    await openDm(state, userId(state, first));
    return "done";
  }
  if (!guild || place.kind !== "channel") {
    return { problem: explain({ kind: "guild", name: command.name }) };
  }
  if (command.name === "leave") {
    state.overlay.value = { kind: "leaveGuild", guildId: guild.id };
  } else if (command.name === "invite") {
    const channelId = place.channelId === "main" ? null : place.channelId;
    state.overlay.value = { kind: "invite", guildId: guild.id, channelId };
  } else if (command.name === "nick") {
    const params = { guild_id: guild.id, user_id: state.self.value.user.id };
    await callApi("updateMember", { params, body: { nickname: first ?? null } });
    showToast(state, first ? t("command.nickDone", { name: first }) : t("command.nickGone"));
  } else if (command.name === "topic" || command.name === "slowmode") {
    await changeChannel(state, place, { name: command.name, value: first });
  } else {
    const name = command.name as "kick" | "ban" | "timeout";
    const reason = name === "kick" ? second : third;
    await moderate(state, { name, guildId: guild.id, who: first, seconds: second, reason });
  }
  return "done";
}

function sayFor(name: CommandName, text: string): string | undefined {
  switch (name) {
    case "me":
      return `*${text.replaceAll("*", "\\*")}*`;
    case "shrug":
      return `${text} ¯\\\\\\_(ツ)\\_/¯`.trim();
    case "tableflip":
      return `${text} (╯°□°)╯︵ ┻━┻`.trim();
    case "unflip":
      return `${text} ┬─┬ノ( º _ ºノ)`.trim();
    case "spoiler":
      return `||${text}||`;
    default:
      return undefined;
  }
}

/** `bob` or `bob@other.test` -> the id; without a server one of this one. */
function userId(state: ChatState, handle: string | undefined): string {
  const [local = "", server = state.server.name] = (handle ?? "").split("@");
  return `@${local}:${server}`;
}

async function changeChannel(
  state: ChatState,
  place: Extract<TalkPlace, { kind: "channel" }>,
  change: { readonly name: "topic" | "slowmode"; readonly value: string | undefined },
): Promise<void> {
  const params = { room_id: place.roomId, channel_id: place.channelId };
  if (change.name === "topic") {
    await callApi("updateChannel", { params, body: { topic: change.value ?? null } });
    showToast(state, t(change.value ? "command.topicDone" : "command.topicGone"));
    return;
  }
  const seconds = Number(change.value ?? 0);
  await callApi("updateChannel", { params, body: { slow_mode_s: seconds } });
  showToast(
    state,
    seconds === 0 ? t("command.slowOff") : t("command.slowOn", { time: formatDuration(seconds) }),
  );
}

async function moderate(state: ChatState, act: {
  readonly name: "kick" | "ban" | "timeout";
  readonly guildId: string;
  readonly who: string | undefined;
  readonly seconds: string | undefined;
  readonly reason: string | undefined;
}): Promise<void> {
  const id = userId(state, act.who);
  const params = { guild_id: act.guildId, user_id: id };
  const why = act.reason === undefined ? {} : { reason: act.reason };
  if (act.name === "kick") await callApi("kickMember", { params, body: why });
  const seconds = Number(act.seconds ?? 0);
  const until = seconds === 0 ? null : Date.now() + seconds * 1000;
  if (act.name === "ban") {
    await callApi("banMember", { params, body: { ...why, until_ts: until } });
  }
  if (act.name === "timeout") {
    await callApi("updateMember", { params, body: { ...why, timeout_until: until } });
  }
  const name = act.who ?? id;
  if (act.name !== "ban" || until === null) {
    showToast(state, t(`moderate.${act.name}Done`, { name }));
  } else showToast(state, t("command.banFor", { name, time: formatDuration(seconds) }));
}

function explain(problem: CommandProblem): string {
  switch (problem.kind) {
    case "unknown":
      return t("command.unknown", { name: problem.name });
    case "guild":
      return t("command.onlyGuild", { name: problem.name });
    case "right":
      return t("command.noRight", { name: problem.name });
    case "missing":
      return t("command.missing", { what: t(problem.arg.label) });
    case "person":
      return t("command.noPerson", { value: problem.value });
    case "duration":
      return t("command.noDuration", { value: problem.value });
    case "tooMuch":
      return t("command.tooMuch", { value: problem.value });
  }
}
