import { sha256 } from "@noble/hashes/sha2.js";
import type { Receipt, Wanted } from "../../core/api/e2ee_groups.ts";
import {
  changeGroup,
  claimForGroup,
  claimKeyPackages,
  foundGroup,
  type GroupRefusal,
} from "../../core/api/federation/groups.ts";
import { base64Of } from "../../core/e2ee/bytes.ts";
import { hashReceipt, signerOf } from "../../core/e2ee/receipt_chain.ts";
import { OperationError } from "../../core/errors.ts";
import type { ServerName } from "../../core/ids/server_name.ts";
import { serverOf, type UserId } from "../../core/ids/user_id.ts";
import { TransportError } from "../../federation/ports.ts";
import type { Tx } from "../postgres/sql.ts";
import type { Room } from "../rooms/room.ts";
import type { RemoteRooms } from "../services/chat/remote_rooms.ts";
import { sameOrStale } from "../services/e2ee/commit_log.ts";
import { keepContradiction } from "../services/e2ee/group_copy.ts";
import { findCommits, findGroup, receiptOf } from "../services/e2ee/group_rows.ts";
import {
  policy,
  type PolicyReason,
  rosterMismatch,
  sequencerAway,
} from "../services/e2ee/group_refusals.ts";
import type { GroupsElsewhere, HandedPackage } from "../services/e2ee/groups_elsewhere.ts";
import type { Device } from "../services/e2ee/registered_devices.ts";
import { firstSequencerOf, sequencerOf } from "../services/e2ee/sequencer.ts";
import { areSigned } from "./check_receipt.ts";
import { type GroupCopies, type GroupCopyDeps, lineBefore } from "./group_copies.ts";
import type { RemoteDevices } from "./remote_devices.ts";
import type { TakeOvers } from "./take_overs.ts";

type ChangeOf = Parameters<GroupsElsewhere["change"]>[0];
type FoundingOf = Parameters<GroupsElsewhere["found"]>[0];
type Outcome = { readonly receipt: Receipt | null; readonly refusal: GroupRefusal | null };

export interface RemoteGroupDeps extends GroupCopyDeps {
  readonly copies: GroupCopies;
  readonly takeOvers: Pick<TakeOvers, "ordersHere" | "tell">;
  readonly devices: Pick<RemoteDevices, "learn" | "outdate" | "refresh">;
  readonly remote: Pick<RemoteRooms, "tellWithin" | "wake">;
}

/**
 * Groups that other servers order, and packages of devices of other servers: what people of this
 * one do goes on to the server that decides, and comes back with its receipt. PROTOCOL.md 12.
 */
export class RemoteGroups implements GroupsElsewhere {
  readonly #deps: RemoteGroupDeps;

  constructor(deps: RemoteGroupDeps) {
    this.#deps = deps;
  }

  sync(room: Room): Promise<Wanted | undefined> {
    return this.#deps.copies.sync(room);
  }

  ordersHere(room: Room): Promise<boolean> {
    return this.#deps.takeOvers.ordersHere(room);
  }

  tellSequencer(room: Room, look: boolean): ReturnType<GroupsElsewhere["tellSequencer"]> {
    return this.#deps.takeOvers.tell(room, look);
  }

  async found({ room, caller, groupId, groupInfo }: FoundingOf): Promise<Receipt> {
    const hash = base64Of(sha256(groupInfo));
    const outcome = await this.#ask(
      room,
      (sequencer) =>
        this.#deps.transport.call(sequencer, foundGroup, {
          room_id: room.id,
          user: caller.user,
          device: caller.device,
          group_id: groupId,
          group_info: base64Of(groupInfo),
        }),
    );
    return await this.#settle(room, outcome, { hash, baseEpoch: -1 });
  }

  async change(change: ChangeOf): Promise<Receipt> {
    const { room, caller, bundle, baseEpoch, external, unfollowed } = change;
    const hash = base64Of(sha256(bundle.commit));
    const outcome = await this.#ask(
      room,
      (sequencer) =>
        this.#deps.transport.call(sequencer, changeGroup, {
          room_id: room.id,
          user: caller.user,
          device: caller.device,
          base_epoch: baseEpoch,
          external,
          unfollowed: unfollowed ?? null,
          commit: base64Of(bundle.commit),
          group_info: base64Of(bundle.groupInfo),
          welcome: bundle.welcome === undefined ? null : base64Of(bundle.welcome),
        }),
    );
    return await this.#settle(room, outcome, { hash, baseEpoch });
  }

  async claim(
    room: Room,
    { user, devices }: Parameters<GroupsElsewhere["claim"]>[1],
  ): Promise<HandedPackage[]> {
    const { packages } = await this.#ask(
      room,
      (sequencer) =>
        this.#deps.transport.call(sequencer, claimForGroup, {
          room_id: room.id,
          user,
          devices: [...devices],
        }),
    );
    return packages as HandedPackage[];
  }

  async packagesOf(room: Room, devices: readonly Device[]): Promise<readonly HandedPackage[]> {
    const { transport, log } = this.#deps;
    const byServer = Map.groupBy(devices, ({ user }) => serverOf(user));
    const answers = await Promise.all([...byServer].map(async ([server, theirs]) => {
      try {
        const request = { room_id: room.id, devices: [...theirs] };
        const { packages } = await transport.call(server, claimKeyPackages, request);
        return packages.filter(({ user }) => serverOf(user as UserId) === server);
      } catch (error) {
        if (!(error instanceof TransportError)) throw error;
        log.log("info", "A server gave no key packages of its devices.", { server, error });
        return [];
      }
    }));
    return answers.flat() as HandedPackage[];
  }

  learn(users: readonly UserId[]): Promise<void> {
    return this.#deps.devices.learn(users);
  }

  refresh(users: readonly UserId[]): Promise<unknown> {
    return this.#deps.devices.refresh(users);
  }

  async tellMembers(tx: Tx, room: Room): Promise<void> {
    for (const server of room.authority.joinedServers()) {
      if (server === this.#deps.self) continue;
      await this.#deps.remote.tellWithin(tx, { kind: "group", to: server, roomId: room.id });
    }
  }

  wake(): void {
    this.#deps.remote.wake();
  }

  /**
   * Asks the server that orders the group; where that is away those that may have taken over.
   * @throws OperationError `unavailable` where none answers
   */
  async #ask<T>(room: Room, ask: (server: ServerName) => Promise<T>): Promise<T> {
    const { sql, self } = this.#deps;
    const sequencer = await sequencerOf(sql, room);
    try {
      return await ask(sequencer);
    } catch (error) {
      if (!(error instanceof TransportError)) throw error;
      if (error.kind === "refused") throw refusedBy(sequencer, error);
    }
    const held = await findGroup(sql, room.id);
    const line = held === undefined ? [] : lineBefore(self, receiptOf(held).successors ?? []);
    for (const server of line) {
      try {
        return await ask(server);
      } catch (error) {
        // Gone as well, or not yet of the mind that the other one is.
        if (!(error instanceof TransportError)) throw error;
      }
    }
    throw sequencerAway(sequencer);
  }

  /** The receipt, once it is known to be one and this server holds what it is for. */
  async #settle(
    room: Room,
    { receipt, refusal }: Outcome,
    change: { readonly hash: string; readonly baseEpoch: number },
  ): Promise<Receipt> {
    const wanted = await this.#deps.copies.sync(room);
    if (receipt === null) return await this.#refused(room, { refusal, change, wanted });
    const sequencer = await sequencerOf(this.#deps.sql, room);
    const first = firstSequencerOf(room);
    const fits = signerOf(receipt, first) === sequencer && receipt.room === room.id &&
      receipt.base_epoch === change.baseEpoch &&
      receipt.commit_hash === change.hash;
    if (!fits || !await areSigned([receipt], { first }, this.#deps)) {
      throw sequencerAway(sequencer);
    }
    await this.#compare(room, receipt);
    return receipt;
  }

  /** What is told to a device and what stands in the log must be one. */
  async #compare(room: Room, receipt: Receipt): Promise<void> {
    const { sql, clock, log } = this.#deps;
    const [held] = await findCommits(sql, receipt.group, {
      fromEpoch: receipt.base_epoch,
      limit: 1,
    });
    if (held === undefined || held.base_epoch !== receipt.base_epoch) return;
    const logged = receiptOf(held);
    if (hashReceipt(logged) === hashReceipt(receipt)) return;
    const sequencer = await sequencerOf(sql, room);
    const receipts = [logged, receipt] as const;
    await keepContradiction(sql, { sequencer, receipts, nowMs: clock.now() });
    log.log("error", "A server gave two receipts for one epoch of a group.", {
      server: sequencer,
      room: room.id,
      epoch: receipt.base_epoch,
    });
  }

  async #refused(
    room: Room,
    { refusal, change, wanted }: {
      readonly refusal: GroupRefusal | null;
      readonly change: { readonly hash: string; readonly baseEpoch: number };
      readonly wanted: Wanted | undefined;
    },
  ): Promise<Receipt> {
    const { sql } = this.#deps;
    if (refusal === null) throw sequencerAway(await sequencerOf(sql, room));
    if (refusal.code === "stale_epoch") {
      const group = await findGroup(sql, room.id);
      // The answer to the same change may have been lost on its way.
      if (group !== undefined) return await sameOrStale(sql, group, change);
    }
    if (refusal.code === "roster_mismatch") {
      throw rosterMismatch(
        "The group's members or devices are others than this device believes: read the group anew.",
        wanted === undefined ? {} : { wanted },
      );
    }
    if (refusal.code === "policy") {
      throw policy(
        (refusal.reason ?? "unfit") as PolicyReason,
        `The server that orders this group's changes does not take this one (${refusal.reason}).`,
      );
    }
    if (refusal.code === "too_large") throw tooLarge();
    throw new OperationError(
      refusal.code,
      `The server that orders this group's changes does not take this one (${refusal.code}).`,
    );
  }
}

function refusedBy(sequencer: ServerName, error: TransportError): OperationError {
  if (error.details.code === "too_large") return tooLarge();
  return new OperationError(
    "unavailable",
    `${sequencer}, which orders changes of this group, does not know this conversation as this server does yet. Try again in a moment.`,
    { cause: error, details: { reason: "sequencer_behind", sequencer } },
  );
}

function tooLarge(): OperationError {
  return new OperationError("too_large", "The bundle is too large: add fewer devices at once.");
}
