import type { Message } from "../../../core/api/message.ts";
import type { User } from "../../../core/api/user.ts";
import { OperationError } from "../../../core/errors.ts";
import type { JsonObject } from "../../../core/event/json.ts";
import type { PollContent } from "../../../core/event/kinds/poll.ts";
import { pollKind } from "../../../core/event/kinds/poll.ts";
import { pollEndKind } from "../../../core/event/kinds/poll_end.ts";
import { pollVoteKind } from "../../../core/event/kinds/poll_vote.ts";
import type { EventId } from "../../../core/ids/event_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import { isPollOver } from "../../../core/rules/poll_over.ts";
import { ballotFault, maskOf } from "../../../core/rules/polls.ts";
import { AppendError } from "../../postgres/append_error.ts";
import type { Along, Placed } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openChannel, type Place, requireRight } from "../chat/place.ts";
import { isEncrypted } from "../e2ee/room_encryption.ts";
import { effectRows } from "../messages/message_effects.ts";
import { sendEffect } from "../messages/send_effect.ts";
import { nonceRows } from "../messages/message_row_kinds.ts";
import { answerSent } from "../messages/send_message.ts";
import { openMessage, viewFormer, viewMessage } from "../messages/view_message.ts";
import { threadOfRow } from "../messages/thread_of.ts";
import { admitToThread } from "../threads/threads.ts";
import { countVotesOf, findBallots, findPollEnds, findVoters, type PollRef } from "./poll_rows.ts";
import { pollOfRow, refOf } from "./project_polls.ts";

/** Votes of one person in one poll that are kept: each change of mind is one. */
const VOTES_MAX = 100;

export interface NewPoll {
  readonly roomId: string;
  readonly channelId: string;
  /** Root of the thread to ask in, in place of the channel. */
  readonly threadId?: string | undefined;
  readonly question: string;
  readonly options: readonly string[];
  readonly multiple: boolean;
  /** For how long it takes votes, ms; null: until somebody ends it. */
  readonly openMs: number | null;
  readonly nonce?: string | undefined;
}

/**
 * Asks a question; the same nonce again answers with the first poll.
 * @throws OperationError `invalid`, `forbidden`, `not_found`, `encrypted_room`, `slow_mode`, `unavailable`
 */
export async function createPoll(
  deps: ChatDeps,
  userId: UserId,
  input: NewPoll,
): Promise<Message> {
  const place = await openChannel(deps, userId, input);
  const former = input.nonce === undefined
    ? undefined
    : await deps.nonces.find(userId, input.nonce);
  if (former !== undefined) return await viewFormer(deps, userId, { place, former });
  requireReadable(place);
  const asked = askedIn(input);
  const threadId = input.threadId === undefined
    ? undefined
    : (await admitToThread(deps, userId, { place, threadId: input.threadId })).rootId;
  if (threadId === undefined) requireRight(place.rights, "SEND", "ask a question");
  await deps.slowMode.admit(place.room, {
    channelId: place.channelId,
    sender: userId,
    rights: place.rights,
  });
  const content: JsonObject = {
    ...(input.openMs === null ? {} : { ends_ts: deps.clock.now() + input.openMs }),
    ...(input.multiple ? { multiple: true } : {}),
    ...asked,
    ...(threadId === undefined ? {} : { relates_to: { event_id: threadId, kind: "thread" } }),
  };
  return await storePoll(deps, userId, { place, content, nonce: input.nonce });
}

async function storePoll(
  deps: ChatDeps,
  userId: UserId,
  { place, content, nonce }: {
    readonly place: Place;
    readonly content: JsonObject;
    readonly nonce: string | undefined;
  },
): Promise<Message> {
  const { room, channelId } = place;
  const { type } = pollKind;
  const along = (placed: Placed): Along => {
    if (nonce !== undefined) deps.nonces.hold(placed.eventId, nonce);
    const at = { roomId: room.id, channelId, ...placed, sender: userId };
    return {
      rows: [
        ...effectRows({ ...at, type, content }),
        ...(nonce === undefined
          ? []
          : [nonceRows.of({ ...at, nonce, createdTs: placed.originTs })]),
      ],
    };
  };
  try {
    const sent = await room.sendTimeline({ type, sender: userId, channelId, content }, along);
    return await answerSent(deps, userId, { place, sent, nonce });
  } catch (error) {
    // The same nonce was stored by another process meanwhile: its poll is the answer.
    const former = error instanceof AppendError && nonce !== undefined
      ? await deps.nonces.read(userId, nonce)
      : undefined;
    if (former === undefined) throw error;
    return await viewFormer(deps, userId, { place, former });
  }
}

/** Question and options without the space around them. @throws OperationError `invalid` */
function askedIn(input: NewPoll): { readonly question: string; readonly options: string[] } {
  const question = input.question.trim();
  if (question === "") throw invalid("A poll needs a question: write one.", "question");
  const options = input.options.map((option) => option.trim());
  const empty = options.indexOf("");
  if (empty >= 0) {
    throw invalid(`Option ${empty + 1} is empty: write an answer or take it away.`, "options");
  }
  const double = options.find((option, at) => options.indexOf(option) !== at);
  if (double !== undefined) {
    throw invalid(`${JSON.stringify(double)} stands among the options twice.`, "options");
  }
  return { question, options };
}

function invalid(message: string, field: string): OperationError {
  return new OperationError("invalid", message, { details: { field } });
}

/** Servers count the votes: where they cannot read what is said there are no polls. */
function requireReadable(place: Place): void {
  if (!isEncrypted(place.room.authority)) return;
  throw new OperationError(
    "encrypted_room",
    "There are no polls where messages are encrypted: servers count the votes and would have to read them. Ask in a message.",
    { details: { reason: "unsealed" } },
  );
}

interface OpenPoll {
  readonly place: Place;
  readonly id: EventId;
  readonly sender: UserId;
  readonly poll: PollContent;
  readonly ref: PollRef;
  /** What voting and ending it need, by where it stands. */
  readonly right: "SEND" | "SEND_IN_THREADS";
}

interface Named {
  readonly roomId: string;
  readonly eventId: string;
}

async function openPoll(deps: ChatDeps, userId: UserId, input: Named): Promise<OpenPoll> {
  const { place, row } = await openMessage(deps, userId, input);
  const poll = pollOfRow(row);
  if (poll === undefined) {
    throw new OperationError("not_found", "There is no such poll here; it may be deleted.");
  }
  const inThread = threadOfRow(place.room.authority, row) !== undefined;
  return {
    place,
    id: row.eventId,
    sender: row.sender,
    poll,
    ref: refOf(row, poll),
    right: inThread ? "SEND_IN_THREADS" : "SEND",
  };
}

async function isOver(deps: ChatDeps, { place, id, poll, ref }: OpenPoll): Promise<boolean> {
  const ended = (await findPollEnds(deps.sql, place.room.id, [ref])).get(id);
  return isPollOver({ ends_ts: poll.ends_ts ?? null, ended_ts: ended ?? null }, deps.clock.now());
}

/**
 * Sets what somebody chose in a poll; nothing: the vote is taken back. The same again changes
 * nothing.
 * @throws OperationError `invalid`, `forbidden`, `not_found`, `encrypted_room`, `conflict`,
 * `limit_reached`, `unavailable`
 */
export async function votePoll(
  deps: ChatDeps,
  userId: UserId,
  input: Named & { readonly choices: readonly number[] },
): Promise<Message> {
  const opened = await openPoll(deps, userId, input);
  const { place, id, ref } = opened;
  const { room, rights } = place;
  requireReadable(place);
  requireRight(rights, opened.right, "vote");
  const fault = ballotFault(input.choices, ref);
  if (fault !== undefined) throw invalid(fault, "choices");
  const choices = [...new Set(input.choices)].sort((a, b) => a - b);
  const voters = [userId];
  const [held] = await findBallots(deps.sql, { roomId: room.id, poll: ref, voters });
  if ((held?.mask ?? 0) !== maskOf(choices)) {
    if (await isOver(deps, opened)) {
      throw new OperationError("conflict", "This poll is over: votes are counted no more.");
    }
    const votes = { roomId: room.id, pollId: id, sender: userId };
    if (await countVotesOf(deps.sql, votes) >= VOTES_MAX) {
      throw new OperationError(
        "limit_reached",
        `You have voted ${VOTES_MAX} times in this poll, which is the most: your last vote stays.`,
      );
    }
    const { type } = pollVoteKind;
    const content = { choices, relates_to: { event_id: id, kind: "vote" } };
    await sendEffect(place, { sender: userId, type, content });
  }
  return await viewMessage(deps, userId, { place, id });
}

/**
 * Ends a poll now: its author may and who has MANAGE_MESSAGES. One that is over stays as it is.
 * @throws OperationError `forbidden`, `not_found`, `unavailable`
 */
export async function endPoll(deps: ChatDeps, userId: UserId, input: Named): Promise<Message> {
  const opened = await openPoll(deps, userId, input);
  const { place, id, sender } = opened;
  const { rights } = place;
  if (sender !== userId) requireRight(rights, "MANAGE_MESSAGES", "end others' polls");
  requireRight(rights, opened.right, "end a poll");
  if (!await isOver(deps, opened)) {
    const { type } = pollEndKind;
    const content = { relates_to: { event_id: id, kind: "poll_end" } };
    await sendEffect(place, {
      sender: userId,
      type,
      content,
      managesMessages: holds(rights, "MANAGE_MESSAGES"),
    });
  }
  return await viewMessage(deps, userId, { place, id });
}

/** Who chose an option, a page at a time. @throws OperationError `invalid`, `not_found` */
export async function listVoters(
  deps: ChatDeps,
  userId: UserId,
  input: Named & {
    readonly option: number;
    readonly after?: string | undefined;
    readonly limit: number;
  },
): Promise<{ users: User[]; has_more: boolean }> {
  const { place, ref } = await openPoll(deps, userId, input);
  const { option, after, limit } = input;
  const fault = ballotFault([option], ref);
  if (fault !== undefined) throw invalid(fault, "option");
  const ids = await findVoters(deps.sql, {
    roomId: place.room.id,
    poll: ref,
    option,
    after,
    limit: limit + 1,
  });
  const page = ids.slice(0, limit);
  const known = await deps.users.find(page);
  return { users: page.flatMap((id) => known.get(id) ?? []), has_more: ids.length > limit };
}
