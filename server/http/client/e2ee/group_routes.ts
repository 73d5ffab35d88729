import {
  ackWelcome as ackOperation,
  createGroup as createOperation,
  enableEncryption as enableOperation,
  getGroup as getOperation,
  GROUP_LIMITS,
  listCommits as listCommitsOperation,
  listSealed as listSealedOperation,
  listSequencerKeys as listKeysOperation,
  listWelcomes as listWelcomesOperation,
  reportEncryptionFailures,
  sendCommit as sendOperation,
} from "../../../../core/api/e2ee_groups.ts";
import {
  claimKeyPackages as claimOperation,
  countKeyPackages as countOperation,
  KEY_PACKAGE_LIMITS,
  uploadKeyPackages as uploadOperation,
} from "../../../../core/api/e2ee_keys.ts";
import { countFailures, type FailureMeter } from "../../../services/e2ee/count_failures.ts";
import { enableEncryption } from "../../../services/e2ee/enable_encryption.ts";
import type { GroupDeps } from "../../../services/e2ee/group_deps.ts";
import { countKeyPackages, uploadKeyPackages } from "../../../services/e2ee/key_packages.ts";
import {
  claimForRoom,
  createGroup,
  getGroup,
  listCommits,
  listSequencerKeys,
  sendCommit,
} from "../../../services/e2ee/open_group.ts";
import { listSealed } from "../../../services/e2ee/sealed_feed.ts";
import { ackWelcome, listWelcomes } from "../../../services/e2ee/welcomes.ts";
import { type Route, route } from "../../route.ts";

export type GroupRouteDeps = GroupDeps & { readonly meter: FailureMeter };

/** A bundle in base64, and the names of the devices that it is for. */
const BUNDLE_BODY_BYTES = Math.ceil(GROUP_LIMITS.bundleBytes * 4 / 3) + 256 * 1024;
const PACKAGES_BODY_BYTES =
  Math.ceil(KEY_PACKAGE_LIMITS.bytes * 4 / 3) * (KEY_PACKAGE_LIMITS.perUpload + 1) + 16 * 1024;
/** Names of devices. */
const CLAIM_BODY_BYTES = GROUP_LIMITS.claimDevices * 512;

/** Encrypted groups: key packages, changes, Welcomes and what was sealed. */
export function groupRoutes(deps: GroupRouteDeps): Route[] {
  return [...keyPackageRoutes(deps), ...changeRoutes(deps), ...readingRoutes(deps)];
}

function keyPackageRoutes(deps: GroupRouteDeps): Route[] {
  return [
    route(uploadOperation, ({ caller, body }) => uploadKeyPackages(deps, caller, body), {
      bodyBytes: PACKAGES_BODY_BYTES,
    }),
    route(countOperation, ({ caller }) => countKeyPackages(deps, caller)),
    route(
      claimOperation,
      ({ caller, params, body }) => claimForRoom(deps, caller, { roomId: params.room_id, ...body }),
      { bodyBytes: CLAIM_BODY_BYTES },
    ),
  ];
}

function changeRoutes(deps: GroupRouteDeps): Route[] {
  return [
    route(
      enableOperation,
      ({ caller, params }) => enableEncryption(deps, caller.userId, params.room_id),
    ),
    route(
      createOperation,
      ({ caller, params, body }) =>
        createGroup(deps, caller, {
          roomId: params.room_id,
          groupId: body.group_id,
          groupInfo: body.group_info,
        }),
      { bodyBytes: BUNDLE_BODY_BYTES },
    ),
    route(
      sendOperation,
      ({ caller, params, body: { base_epoch, external = false, unfollowed, ...bundle } }) =>
        sendCommit(deps, caller, {
          roomId: params.room_id,
          baseEpoch: base_epoch,
          external,
          unfollowed: external ? unfollowed : undefined,
          bundle,
        }),
      { bodyBytes: BUNDLE_BODY_BYTES },
    ),
    route(
      reportEncryptionFailures,
      ({ caller, body }) => countFailures(deps, caller.userId, body.failures),
    ),
  ];
}

function readingRoutes(deps: GroupRouteDeps): Route[] {
  return [
    route(getOperation, ({ caller, params }) => getGroup(deps, caller, params.room_id)),
    route(
      listCommitsOperation,
      ({ caller, params, query }) =>
        listCommits(deps, caller, {
          roomId: params.room_id,
          afterEpoch: query.after_epoch,
          limit: query.limit,
        }),
    ),
    route(
      listKeysOperation,
      ({ caller, params, query }) =>
        listSequencerKeys(deps, caller, { roomId: params.room_id, ...query }),
    ),
    route(listWelcomesOperation, ({ caller }) => listWelcomes(deps, caller)),
    route(ackOperation, ({ caller, params }) => ackWelcome(deps, caller, params.welcome_id)),
    route(
      listSealedOperation,
      ({ caller, params, query }) =>
        listSealed(deps, caller.userId, { roomId: params.room_id, ...query }),
    ),
  ];
}
