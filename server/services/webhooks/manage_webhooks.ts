import type { Webhook } from "../../../core/api/webhooks.ts";
import { WEBHOOKS } from "../../../core/api/webhooks.ts";
import { assert } from "../../../core/assert.ts";
import type { User } from "../../../core/api/user.ts";
import { OperationError } from "../../../core/errors.ts";
import { encodeBase58Of16 } from "../../../core/ids/base58.ts";
import type { ChannelId } from "../../../core/ids/channel_id.ts";
import { serverOf, type UserId, userIdOf } from "../../../core/ids/user_id.ts";
import { holds } from "../../../core/permissions/bits.ts";
import type { Room } from "../../rooms/room.ts";
import { newCode, newSecret } from "../accounts/secret.ts";
import { openGuild, requireRight } from "../chat/place.ts";
import { writeVoiceAct } from "../voice/voice_acts.ts";
import { joinIntents, leaveIntent, requireChannel } from "./webhook_member.ts";
import {
  noWebhook,
  readWebhooks,
  requireWebhook,
  viewWebhook,
  type WebhookRow,
} from "./webhook_rows.ts";
import { cleanName, requirePicture, setProfile } from "./webhook_profile.ts";
import type { WebhookDeps } from "./webhook_deps.ts";

/** People's user names cannot begin so: no account is ever called like a webhook. */
const LOCAL_PREFIX = "_webhook-";

interface Managed {
  readonly guildId: string;
  readonly id: string;
}

/** @throws OperationError `forbidden`, `not_found` */
export async function listWebhooks(
  deps: WebhookDeps,
  userId: UserId,
  guildId: string,
): Promise<{
  webhooks: Webhook[];
  elsewhere: { user: User; server: string; channel_id: string }[];
}> {
  const room = await openManaged(deps, userId, guildId);
  const nowMs = deps.clock.now();
  const rows = await readWebhooks(deps.sql, room.id);
  const { authority } = room;
  const seen = (channelId: ChannelId) => isManagedHere(room, { userId, channelId, nowMs });
  const strangers = [...authority.joinedUsers()].filter((user) =>
    serverOf(user) !== deps.serverName && authority.member(user)?.kind === "webhook"
  );
  const people = await deps.users.find(strangers);
  return {
    webhooks: rows.filter((row) => seen(row.channel_id))
      .map((row) => viewWebhook(room, row, nowMs)),
    elsewhere: strangers.flatMap((id) => {
      const user = people.get(id);
      const channelId = authority.member(id)?.channel;
      if (user === undefined || channelId === undefined || !seen(channelId)) return [];
      return [{ user, server: serverOf(id), channel_id: channelId }];
    }),
  };
}

/**
 * Makes a webhook: an invite by its maker that names kind and channel, and its join. Its URL is
 * given out here and kept nowhere. PROTOCOL.md 10.
 * @throws OperationError `invalid`, `forbidden`, `not_found`, `encrypted_room`, `limit_reached`,
 *   `rate_limited`
 */
export async function createWebhook(
  deps: WebhookDeps,
  userId: UserId,
  input: {
    readonly guildId: string;
    readonly channel_id: string;
    readonly name: string;
    readonly avatar?: string | null | undefined;
  },
): Promise<{ webhook: Webhook; url: string }> {
  const room = await openManaged(deps, userId, input.guildId);
  const name = cleanName(input.name);
  const channelId = requireChannel(deps, room, { userId, channelId: input.channel_id });
  const held = await readWebhooks(deps.sql, room.id);
  if (held.length >= WEBHOOKS.perGuild) {
    throw new OperationError(
      "limit_reached",
      `A guild can have ${WEBHOOKS.perGuild} webhooks here; delete one first.`,
    );
  }
  await deps.throttle.take("new webhooks", [{ policy: "webhookMake", who: userId }]);
  const nowMs = deps.clock.now();
  const hook = userIdOf(`${LOCAL_PREFIX}${newCode(deps.rng)}`, deps.serverName);
  assert(hook !== undefined, "a webhook's local part is one");
  const id = encodeBase58Of16(deps.rng.bytes(16));
  const secret = newSecret(deps.rng, "webhook");
  // First the row, so that no member is left behind that nobody could manage.
  await deps.sql.begin(async (tx) => {
    await setProfile(tx, deps, { hook, owner: userId, name, avatar: input.avatar ?? null });
    await tx`
      insert into webhooks (webhook_id, user_id, guild_id, channel_id, secret_hash, created_by,
        created_ts)
      values (${id}, ${hook}, ${room.id}, ${channelId}, ${secret.hash}, ${userId}, ${nowMs})`;
  });
  try {
    await room.changeControl(() => ({ intents: joinIntents({ hook, by: userId, channelId }) }));
  } catch (error) {
    await forget(deps, { id, hook });
    throw error;
  }
  const row = await requireWebhook(deps.sql, { guildId: room.id, id });
  return { webhook: viewWebhook(room, row, nowMs), url: urlOf(deps, id, secret.text) };
}

/** @throws OperationError `invalid`, `forbidden`, `not_found`, `conflict` where it was sent away */
export async function updateWebhook(
  deps: WebhookDeps,
  userId: UserId,
  input: Managed & {
    readonly name?: string | undefined;
    readonly avatar?: string | null | undefined;
    readonly channel_id?: string | undefined;
    readonly signature_secret?: string | null | undefined;
  },
): Promise<Webhook> {
  const room = await openManaged(deps, userId, input.guildId);
  const row = await requireManaged(deps, room, { userId, id: input.id });
  const { user_id: hook } = row;
  const name = input.name === undefined ? row.name : cleanName(input.name);
  const avatar = input.avatar === undefined ? row.avatar : input.avatar;
  const channelId = input.channel_id === undefined || input.channel_id === row.channel_id
    ? undefined
    : requireChannel(deps, room, { userId, channelId: input.channel_id });
  const nowMs = deps.clock.now();
  const changes = [
    { field: "name", before: row.name, after: name },
    { field: "avatar", before: row.avatar, after: avatar },
  ].filter(({ before, after }) => before !== after);
  if (channelId !== undefined) {
    // What may be refused is tried before it moves: a move is told to all servers at once.
    if (avatar !== null && avatar !== row.avatar) await requirePicture(deps, userId, avatar);
    await move(deps, room, { hook, by: userId, channelId });
  }
  await deps.sql.begin(async (tx) => {
    if (changes.length > 0) {
      await setProfile(tx, deps, { hook, owner: userId, name, avatar });
    }
    if (input.signature_secret !== undefined) {
      await tx`
        update webhooks set signature_secret = ${input.signature_secret}
        where webhook_id = ${row.webhook_id}`;
      changes.push({ field: "signature", before: null, after: null });
    }
    if (changes.length === 0) return;
    await writeVoiceAct(tx, {
      guildId: room.id,
      ts: nowMs,
      by: userId,
      target: hook,
      action: "webhook.update",
      reason: undefined,
      changes,
    });
  });
  if (changes.length > 0) deps.announceProfile(hook);
  return viewWebhook(
    room,
    await requireWebhook(deps.sql, { guildId: room.id, id: input.id }),
    nowMs,
  );
}

/** Its channel is fixed at its join: it leaves, and is let in for the other one. */
async function move(
  deps: WebhookDeps,
  room: Room,
  to: { readonly hook: UserId; readonly by: UserId; readonly channelId: ChannelId },
): Promise<void> {
  await room.changeControl((authority) => {
    if (!authority.isJoined(to.hook)) {
      throw new OperationError(
        "conflict",
        "This webhook was sent away from the guild; delete it and make a new one.",
      );
    }
    return {
      intents: [leaveIntent(authority, to.hook, `Moved by ${to.by}`), ...joinIntents(to)],
    };
  });
  await deps.sql`update webhooks set channel_id = ${to.channelId} where user_id = ${to.hook}`;
}

/** @throws OperationError `forbidden`, `not_found` */
export async function renewWebhook(
  deps: WebhookDeps,
  userId: UserId,
  input: Managed,
): Promise<{ url: string }> {
  const room = await openManaged(deps, userId, input.guildId);
  const row = await requireManaged(deps, room, { userId, id: input.id });
  const secret = newSecret(deps.rng, "webhook");
  await deps.sql.begin(async (tx) => {
    await tx`
      update webhooks set secret_hash = ${secret.hash} where webhook_id = ${row.webhook_id}`;
    await writeVoiceAct(tx, {
      guildId: room.id,
      ts: deps.clock.now(),
      by: userId,
      target: row.user_id,
      action: "webhook.renew",
      reason: undefined,
      changes: [],
    });
  });
  return { url: urlOf(deps, row.webhook_id, secret.text) };
}

/** Ends a webhook: its URL, and its place in the guild. @throws OperationError `forbidden`, `not_found` */
export async function deleteWebhook(
  deps: WebhookDeps,
  userId: UserId,
  input: Managed,
): Promise<void> {
  const room = await openManaged(deps, userId, input.guildId);
  const row = await requireManaged(deps, room, { userId, id: input.id });
  const { user_id: hook } = row;
  await room.changeControl((authority) => ({
    intents: authority.isJoined(hook) ? [leaveIntent(authority, hook, `Deleted by ${userId}`)] : [],
  }));
  await deps.sql`delete from webhooks where webhook_id = ${row.webhook_id}`;
}

/** Takes back what was stored for a webhook that the guild did not let in. */
async function forget(
  deps: WebhookDeps,
  { id, hook }: { readonly id: string; readonly hook: UserId },
): Promise<void> {
  await deps.sql.begin(async (tx) => {
    await tx`delete from webhooks where webhook_id = ${id}`;
    await setProfile(tx, deps, { hook, owner: hook, name: null, avatar: null });
    await tx`delete from profiles where user_id = ${hook}`;
  });
}

async function openManaged(deps: WebhookDeps, userId: UserId, guildId: string): Promise<Room> {
  const asked = await deps.rooms.openFor(userId, guildId);
  if (asked.authority.room.kind === "private") {
    throw new OperationError(
      "encrypted_room",
      "A private channel is for its members' devices: what a webhook posts would pass this server " +
        "in the open, so there are no webhooks in it. Take a channel of the guild.",
    );
  }
  const room = await openGuild(deps, userId, guildId);
  const rights = room.authority.base(userId, deps.clock.now());
  requireRight(rights, "MANAGE_WEBHOOKS", "manage webhooks");
  return room;
}

/** @throws OperationError `not_found` where it is not, or is of a channel that the user does not see */
async function requireManaged(
  deps: WebhookDeps,
  room: Room,
  { userId, id }: { readonly userId: UserId; readonly id: string },
): Promise<WebhookRow> {
  const row = await requireWebhook(deps.sql, { guildId: room.id, id });
  const { channel_id: channelId } = row;
  if (isManagedHere(room, { userId, channelId, nowMs: deps.clock.now() })) return row;
  throw noWebhook(id);
}

/** What is left of a channel that is gone is cleared away by everybody who manages webhooks. */
function isManagedHere(
  { authority }: Room,
  { userId, channelId, nowMs }: {
    readonly userId: UserId;
    readonly channelId: ChannelId;
    readonly nowMs: number;
  },
): boolean {
  const policy = authority.channel(channelId);
  return policy === undefined || policy.closed ||
    holds(authority.rights(userId, channelId, nowMs), "VIEW_CHANNEL");
}

function urlOf(deps: Pick<WebhookDeps, "publicUrl">, id: string, secret: string): string {
  return `${deps.publicUrl}/client/v1/webhooks/${id}/${secret}`;
}
