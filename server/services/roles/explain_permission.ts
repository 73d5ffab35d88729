import type { z } from "zod";
import type { explainPermission as operation } from "../../../core/api/guilds.ts";
import { OperationError } from "../../../core/errors.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { type Right, RIGHT_NAMES } from "../../../core/permissions/bits.ts";
import { explain, type ExplainCause, type ExplainStep } from "../../../core/permissions/explain.ts";
import type { Room } from "../../rooms/room.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import { openChannel, openGuild, requireUserId } from "../chat/place.ts";
import { projectRoles } from "../guilds/project_guild.ts";
import { whoSet } from "./who_set.ts";

/** Why somebody can or cannot do something. @throws OperationError `invalid`, `not_found` */
export async function explainPermission(
  deps: Pick<ChatDeps, "rooms" | "clock" | "sql">,
  userId: UserId,
  input: {
    readonly guildId: string;
    readonly user_id: string;
    readonly right: string;
    readonly channel_id?: string | undefined;
  },
): Promise<z.infer<typeof operation.result>> {
  const room = await openGuild(deps, userId, input.guildId);
  const right = RIGHT_NAMES.find((name) => name === input.right);
  if (right === undefined) throw unknownRight(input.right);
  const atTs = deps.clock.now();
  const channelId = input.channel_id === undefined
    ? undefined
    : (await openChannel(deps, userId, { roomId: room.id, channelId: input.channel_id })).channelId;
  const { allowed, deciding, steps } = explain(room.authority, {
    user: requireUserId(input.user_id),
    right,
    atTs,
    ...(channelId === undefined ? {} : { channelId }),
  });
  return {
    allowed,
    decided_by: sentence(room, deciding, right),
    ...partsOf(deciding),
    event_id: deciding.eventId ?? null,
    set: await whoSet(deps, room, { step: deciding, right }),
    steps: steps.map((step) => ({ effect: step.effect, ...partsOf(step) })),
  };
}

function partsOf(step: ExplainStep) {
  return { cause: step.cause, role_id: step.role ?? null, target: step.entry ?? null };
}

const SENTENCES: Readonly<Record<ExplainCause, string>> = {
  unknown_channel: "There is no such channel.",
  closed_channel: "The channel was deleted.",
  not_joined: "Not a member of this guild.",
  owner: "The owner may do everything.",
  administrator: "The role ROLE has ADMINISTRATOR, which gives everything.",
  room_kind: "This kind of conversation decides it.",
  webhook: "A webhook may only post in its own channel.",
  role: "The role ROLE EFFECTS it.",
  entry: "The channel's entry for ENTRY EFFECTS it.",
  not_granted: "No role and no entry gives it.",
  hidden: "The channel is hidden: without VIEW_CHANNEL nothing else counts.",
  timeout: "A timeout is in force: only reading is left.",
};

function sentence(room: Room, step: ExplainStep, right: Right): string {
  const nameOf = (id: string | undefined) =>
    JSON.stringify(projectRoles(room.authority).find((role) => role.id === id)?.name ?? id ?? "");
  const text = SENTENCES[step.cause]
    .replace("ROLE", nameOf(step.role))
    .replace("ENTRY", nameOf(step.entry))
    .replace("EFFECTS", step.effect === "allow" ? "gives" : "denies");
  return `${right}: ${text}`;
}

function unknownRight(raw: string): OperationError {
  return new OperationError(
    "invalid",
    `${JSON.stringify(raw.slice(0, 40))} is no permission; one of ${RIGHT_NAMES.join(", ")}.`,
    { details: { field: "right" } },
  );
}
