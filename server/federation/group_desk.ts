import type { Receipt, Wanted } from "../../core/api/e2ee_groups.ts";
import { GROUP_LIMITS } from "../../core/api/e2ee_groups.ts";
import { GROUP_PAGE_BYTES, GroupRefusal } from "../../core/api/federation/groups.ts";
import { base64Of, fromBase64 } from "../../core/e2ee/bytes.ts";
import { OperationError } from "../../core/errors.ts";
import type { RoomId } from "../../core/ids/room_id.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import type { GroupDesk } from "../../federation/handle/ports.ts";
import { notHere } from "../../federation/handle/not_here.ts";
import type { Tx } from "../postgres/sql.ts";
import type { Room } from "../rooms/room.ts";
import { changeGroup, foundGroup } from "../services/e2ee/change_group.ts";
import { claimHere, claimKeyPackages } from "../services/e2ee/claim_key_packages.ts";
import { readCommitLog } from "../services/e2ee/commit_log.ts";
import type { GroupDeps } from "../services/e2ee/group_deps.ts";
import {
  findGroup,
  findGroupInfo,
  findTakeOvers,
  lockGroup,
  receiptOf,
} from "../services/e2ee/group_rows.ts";
import { canBeEncrypted, isEncrypted, mayEncrypt } from "../services/e2ee/room_encryption.ts";
import { membersOf, readRoster } from "../services/e2ee/wanted.ts";
import { requireDevice } from "./require_device.ts";

type Sync = Awaited<ReturnType<GroupDesk["sync"]>>;
type Outcome = { receipt: Receipt | null; refusal: GroupRefusal | null };

/**
 * Groups that this server orders, for the servers of their members; and packages of devices that
 * are here, for servers that order groups. PROTOCOL.md 12.
 */
export function groupDesk(deps: GroupDeps): GroupDesk {
  return {
    async sync(server, { roomId, epoch, stored }) {
      const room = await openGroupRoom(deps, roomId);
      const orders = await deps.elsewhere.ordersHere(room);
      if (orders) await forgetWelcomes(deps, server, { roomId, stored });
      const members = await membersOf(deps, room);
      await deps.elsewhere.learn(members);
      return await deps.sql.begin(async (tx) => {
        await lockGroup(tx, roomId);
        return await page(tx, { room, server, epoch, members, orders });
      });
    },
    async sequencer({ roomId, look }) {
      return await deps.elsewhere.tellSequencer(await openGroupRoom(deps, roomId), look);
    },
    async found({ roomId, user, device, group_id: groupId, group_info }) {
      const room = await openOrdered(deps, roomId);
      const { authority } = room;
      if (!isEncrypted(authority) && !mayEncrypt(authority, user)) throw notHere();
      const groupInfo = fromBase64(group_info) ?? new Uint8Array();
      return await outcomeOf(async () => {
        const caller = await requireDevice(devicesOf(deps), user, device);
        return await foundGroup(deps, { room, caller, groupId, groupInfo });
      });
    },
    async change({ roomId, user, device, base_epoch: baseEpoch, external, ...change }) {
      const room = await openOrdered(deps, roomId);
      return await outcomeOf(async () => {
        const caller = await requireDevice(devicesOf(deps), user, device);
        const bytes = (text: string) => fromBase64(text) ?? new Uint8Array();
        return await changeGroup(deps, {
          room,
          caller,
          baseEpoch,
          external,
          unfollowed: external ? change.unfollowed ?? undefined : undefined,
          bundle: {
            commit: bytes(change.commit),
            groupInfo: bytes(change.group_info),
            ...(change.welcome === null ? {} : { welcome: bytes(change.welcome) }),
          },
        });
      });
    },
    async claim({ roomId, user, devices }) {
      const room = await openOrdered(deps, roomId);
      if (!room.authority.isJoined(user)) throw notHere();
      return { packages: await claimKeyPackages(deps, { room, claimer: user, devices }) };
    },
    async claimHere(server, { roomId, devices }) {
      const room = await openGroupRoom(deps, roomId);
      return { packages: await claimHere(deps, { room, claimer: server, devices }) };
    },
  };
}

async function openGroupRoom(deps: GroupDeps, roomId: RoomId): Promise<Room> {
  const room = await deps.rooms.open(roomId);
  if (room === undefined || !canBeEncrypted(room.authority)) throw notHere();
  return room;
}

/** A room whose group this server orders. */
async function openOrdered(deps: GroupDeps, roomId: RoomId): Promise<Room> {
  const room = await openGroupRoom(deps, roomId);
  if (!await deps.elsewhere.ordersHere(room)) throw notHere();
  return room;
}

function devicesOf({ sql, elsewhere }: GroupDeps) {
  return { sql, refresh: (users: readonly UserId[]) => elsewhere.refresh(users) };
}

/** A refusal is an answer: its code and reason go over, its words do not. */
async function outcomeOf(change: () => Promise<Receipt>): Promise<Outcome> {
  try {
    return { receipt: await change(), refusal: null };
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    const reason = error.details?.["reason"];
    const refusal = GroupRefusal.safeParse({
      code: error.code,
      reason: typeof reason === "string" ? reason : null,
    });
    if (!refusal.success) throw error;
    return { receipt: null, refusal: refusal.data };
  }
}

/** What the other server has stored need not be kept for it any longer. */
async function forgetWelcomes(
  deps: GroupDeps,
  server: ServerName,
  { roomId, stored }: { readonly roomId: RoomId; readonly stored: readonly string[] },
): Promise<void> {
  if (stored.length === 0) return;
  await deps.sql`
    delete from mls_welcomes
    where welcome_id = any(${[...stored]}) and room_id = ${roomId}
      and substr(user_id, strpos(user_id, ':') + 1) = ${server}`;
}

async function page(
  tx: Tx,
  { room, server, epoch, members, orders }: {
    readonly room: Room;
    readonly server: ServerName;
    readonly epoch: number;
    readonly members: readonly UserId[];
    readonly orders: boolean;
  },
): Promise<Sync> {
  const group = await findGroup(tx, room.id);
  const groupId = group?.group_id ?? "";
  const { wanted } = await readRoster(tx, { groupId, members });
  if (group === undefined) {
    const nothing = { commits: [], has_more: false, gone: false, welcomes: [] };
    return { group: null, takeovers: [], orders, wanted, ...nothing };
  }
  const log = await readCommitLog(tx, group, {
    fromEpoch: epoch,
    limit: GROUP_LIMITS.commitsPage,
  });
  const info = log.has_more ? undefined : await findGroupInfo(tx, room.id);
  return {
    group: {
      group_id: group.group_id,
      term: group.term,
      epoch: group.epoch,
      group_info: info === undefined ? null : base64Of(info.group_info),
      receipt: receiptOf(group),
    },
    takeovers: await findTakeOvers(tx, group.group_id),
    orders,
    wanted: wanted satisfies Wanted,
    ...log,
    welcomes: log.has_more || !orders ? [] : await welcomesFor(tx, room.id, server),
  };
}

/** Welcomes that wait here for devices of another server, as many as fit into a page. */
async function welcomesFor(
  tx: Tx,
  roomId: RoomId,
  server: ServerName,
): Promise<Sync["welcomes"]> {
  const rows = await tx<
    { welcome_id: string; user_id: UserId; device_id: string; epoch: number; bytes: Uint8Array }[]
  >`
    select w.welcome_id, w.user_id, w.device_id, w.epoch, b.bytes
    from mls_welcomes w join mls_welcome_bodies b using (hash)
    where w.room_id = ${roomId} and substr(w.user_id, strpos(w.user_id, ':') + 1) = ${server}
    order by w.created_ts, w.welcome_id limit ${GROUP_LIMITS.welcomesPage}`;
  let size = 0;
  return rows.filter(({ bytes, user_id }) => {
    size += bytes.length;
    return serverOf(user_id) === server && (size === bytes.length || size <= GROUP_PAGE_BYTES);
  }).map(({ welcome_id, user_id, device_id, epoch, bytes }) => ({
    id: welcome_id,
    user: user_id,
    device: device_id,
    epoch,
    welcome: base64Of(bytes),
  }));
}
