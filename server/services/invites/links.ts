import type { z } from "zod";
import type {
  joinByLink as joinOperation,
  lookAtLink as lookOperation,
} from "../../../core/api/links.ts";
import { OperationError } from "../../../core/errors.ts";
import { parseServerName, type ServerName } from "../../../core/ids/server_name.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import { requireGuildPlace } from "../guilds/joined_guilds.ts";
import type { ChatDeps } from "../chat/chat_deps.ts";
import type { RemoteRooms } from "../chat/remote_rooms.ts";
import { acceptInvite } from "./accept_invite.ts";
import { lookAtInvite } from "./look_at_invite.ts";

type LinkDeps = ChatDeps & { readonly remote: RemoteRooms };
interface Asker {
  readonly userId: UserId;
  readonly address: string;
}

/** A code is base58; the issuing server decides its length. */
const CODE = /^[1-9A-HJ-NP-Za-km-z]{8,32}$/;

interface Link {
  readonly code: string;
  readonly server: ServerName;
}

/**
 * What a link of this or another server leads to.
 * @throws OperationError `invalid`, `not_found`, `gone`, `rate_limited`, `unavailable`
 */
export async function lookAtLink(
  deps: LinkDeps,
  asker: Asker,
  text: string,
): Promise<z.input<typeof lookOperation.result>> {
  await deps.throttle.take("links looked at", [{ policy: "lookupAddress", who: asker.address }]);
  const { code, server } = await readLink(deps, text);
  const link = `${code}@${server}`;
  if (server === deps.serverName) {
    const { guild, by, expires_ts, stay_s, online_count } = await lookAtInvite(deps, code);
    const { id, name, description, member_count } = guild;
    return {
      link,
      server,
      guild: { id, name, description, member_count },
      by: by?.id ?? null,
      expires_ts,
      stay_s,
      online_count,
      joined: await isJoined(deps, id, asker.userId),
    };
  }
  const look = await deps.remote.look(server, code);
  return {
    link,
    server,
    guild: {
      id: look.room_id,
      name: look.name,
      description: look.description,
      member_count: look.member_count,
    },
    by: look.by,
    expires_ts: look.expires_ts,
    stay_s: look.stay_s,
    online_count: look.online_count,
    joined: await isJoined(deps, look.room_id, asker.userId),
  };
}

/**
 * Joins by a link of this or another server. Ends when the guild can be read; a large one of
 * another server is still being checked then.
 * @throws OperationError `invalid`, `not_found`, `gone`, `forbidden`, `rate_limited`,
 * `unavailable`
 */
export async function joinByLink(
  deps: LinkDeps,
  asker: Asker,
  text: string,
): Promise<z.input<typeof joinOperation.result>> {
  const { userId, address } = asker;
  const { code, server } = await readLink(deps, text);
  if (server === deps.serverName) return await acceptInvite(deps, asker, code);
  await requireGuildPlace(deps, userId);
  await deps.throttle.take("joins", [
    { policy: "joinAccount", who: userId },
    { policy: "joinAddress", who: address },
  ]);
  const { room_id: roomId, channel_id } = await deps.remote.redeem(server, code, userId);
  await deps.remote.join({ user: userId, roomId, servers: [server] });
  return { guild_id: roomId, channel_id };
}

async function isJoined(deps: LinkDeps, roomId: string, userId: UserId): Promise<boolean> {
  try {
    await deps.rooms.openFor(userId, roomId);
    return true;
  } catch (error) {
    if (error instanceof OperationError) return false;
    throw error;
  }
}

/** `https://host/invite/CODE`, `CODE@server`, or a code of this server. */
async function readLink(deps: LinkDeps, text: string): Promise<Link> {
  const trimmed = text.trim();
  if (CODE.test(trimmed)) return { code: trimmed, server: deps.serverName };
  const [code = "", name = "", ...more] = trimmed.split("@");
  const server = parseServerName(name.toLowerCase());
  if (more.length === 0 && CODE.test(code) && server !== undefined) return { code, server };
  return await readAddress(deps, trimmed);
}

async function readAddress(deps: LinkDeps, text: string): Promise<Link> {
  const address = URL.canParse(text) ? new URL(text) : undefined;
  const match = /\/invite\/([^/]+)\/?$/.exec(address?.pathname ?? "");
  const code = match?.[1];
  const isWeb = address?.protocol === "https:" || address?.protocol === "http:";
  if (address === undefined || !isWeb || code === undefined || !CODE.test(code)) {
    throw new OperationError(
      "invalid",
      "This is no invite link. Paste the whole address, or CODE@server.",
      { details: { field: "link" } },
    );
  }
  if (address.origin === new URL(deps.publicUrl).origin) return { code, server: deps.serverName };
  return { code, server: await deps.remote.serverAt(address) };
}
