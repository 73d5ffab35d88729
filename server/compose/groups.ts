import type { Bus } from "../../core/ports/bus.ts";
import type { EduShow } from "../../federation/edus/ports.ts";
import type { GroupDesk } from "../../federation/handle/ports.ts";
import { GroupCopies } from "../federation/group_copies.ts";
import { groupDesk } from "../federation/group_desk.ts";
import type { RemoteDevices } from "../federation/remote_devices.ts";
import { RemoteGroups } from "../federation/remote_groups.ts";
import { TakeOvers } from "../federation/take_overs.ts";
import type { Signer } from "../keys/signer.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import type { RemoteRooms } from "../services/chat/remote_rooms.ts";
import type { GroupDeps } from "../services/e2ee/group_deps.ts";
import { sweepGroups } from "../services/e2ee/sweep_groups.ts";
import type { FederationParts } from "./federation.ts";
import type { SystemParts } from "./store.ts";

/** Encrypted groups: those that this server orders, and copies of those that others do. */
export interface GroupParts {
  readonly deps: GroupDeps;
  /** For the servers of members. */
  readonly desk: GroupDesk;
  readonly hear: Pick<EduShow, "group">;
  /** Deletes what has ended; hourly. */
  sweep(): Promise<void>;
}

export function composeGroups(
  system: SystemParts,
  input: {
    readonly bus: Bus;
    readonly chat: ChatDeps;
    readonly signer: Signer;
    readonly federation: FederationParts;
    readonly elsewhere: RemoteDevices;
    readonly remote: RemoteRooms;
    readonly stack: AsyncDisposableStack;
  },
): GroupParts {
  const { bus, chat, signer, federation, stack } = input;
  const base = {
    ...chat,
    ...federation,
    bus,
    log: system.log.child({ part: "groups" }),
    keys: federation.keyRing,
    devices: input.elsewhere,
  };
  const copies = new GroupCopies(base);
  stack.defer(() => copies.stop());
  const takeOvers = new TakeOvers({ ...base, copies });
  stack.defer(() => takeOvers.stop());
  const elsewhere = new RemoteGroups({
    ...base,
    copies,
    takeOvers,
    remote: input.remote,
  });
  const { log, keys } = base;
  const deps: GroupDeps = { ...chat, log, keys, bus, signer, elsewhere };
  return {
    deps,
    desk: groupDesk(deps),
    hear: { group: (said) => copies.hear(said) },
    sweep: () => sweepGroups(deps),
  };
}
