import { GROUP_LIMITS } from "../../../core/api/e2ee_groups.ts";
import { fromBase64 } from "../../../core/e2ee/bytes.ts";
import { readCertificate } from "../../../core/e2ee/certificate.ts";
import { OperationError } from "../../../core/errors.ts";
import type { DeviceId } from "../../../core/ids/device_id.ts";
import type { UserId } from "../../../core/ids/user_id.ts";
import type { Bundle, BundleFacts } from "../../../core/mls/bundle.ts";
import { readMls } from "./group_refusals.ts";
import { mlsChecks } from "./mls_parts.ts";

/** A change of a group as a device hands it in. */
export interface RawBundle {
  readonly commit: string;
  readonly group_info: string;
  readonly welcome?: string | undefined;
  /** The same Welcome by device, where there is no `welcome`. */
  readonly welcomes: readonly { readonly welcome: string }[];
}

/** The bytes of a bundle. @throws OperationError `too_large` */
export function openBundle(raw: RawBundle): Bundle {
  const welcome = raw.welcome ?? raw.welcomes[0]?.welcome;
  const chars = raw.commit.length + raw.group_info.length + (welcome?.length ?? 0);
  const size = Math.ceil(chars * 3 / 4);
  if (size > GROUP_LIMITS.bundleBytes) {
    throw new OperationError(
      "too_large",
      `The bundle has ${size} bytes, at most ${GROUP_LIMITS.bundleBytes} are taken: add fewer devices at once.`,
    );
  }
  return {
    commit: bytesOf(raw.commit),
    groupInfo: bytesOf(raw.group_info),
    ...(welcome === undefined ? {} : { welcome: bytesOf(welcome) }),
  };
}

/**
 * Everything that can be checked of a bundle without a secret, on the group information of the
 * epoch that it changes. @throws OperationError `invalid`, `policy`
 */
export function checkedBundle(before: Uint8Array, bundle: Bundle): Promise<BundleFacts> {
  return readMls("commit", async () => (await mlsChecks()).checkBundle(before, bundle, ownerOf));
}

/** Whose a leaf is, as its certificate says. */
export function ownerOf(
  credential: Uint8Array,
): { readonly user: UserId; readonly device: DeviceId } | undefined {
  const certificate = readCertificate(credential);
  return certificate && { user: certificate.user, device: certificate.device };
}

/** The schema has checked that these are bytes. */
export function bytesOf(text: string): Uint8Array {
  return fromBase64(text) ?? new Uint8Array();
}
