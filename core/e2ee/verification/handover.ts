import { parseJson } from "../../event/json_parse.ts";
import { writeCanonicalBytes } from "../../event/json_write.ts";
import { id, integer, object, optional } from "../../event/kinds/shape.ts";
import type { BackupHead } from "../backup.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import type { IdentitySecrets } from "../identity.ts";

/** What a device of long standing gives a new one of the same user: enough to stand in for it. */
export interface Handover {
  readonly secrets: Omit<IdentitySecrets, "user">;
  /** Absent where the user has no backup. `head` lets the new device see a rollback. */
  readonly backup: { readonly key: Uint8Array; readonly head: BackupHead } | undefined;
}

const bytes32 = id(
  (text) => fromBase64(text, 32) === undefined ? undefined : text,
  "unpadded base64 of 32 bytes",
);
const shape = object({
  v: integer(1, 1),
  msk: bytes32,
  ssk: bytes32,
  usk: bytes32,
  backup: optional(object({
    key: bytes32,
    version: integer(1, 2 ** 31 - 1),
    seq: integer(0, 2 ** 31 - 1),
    hash: bytes32,
  })),
});

export function writeHandover({ secrets, backup }: Handover): Uint8Array<ArrayBuffer> {
  const head = backup === undefined ? undefined : {
    key: base64Of(backup.key),
    version: backup.head.version,
    seq: backup.head.seq,
    hash: base64Of(backup.head.hash),
  };
  return writeCanonicalBytes({
    v: 1,
    msk: base64Of(secrets.msk),
    ssk: base64Of(secrets.ssk),
    usk: base64Of(secrets.usk),
    ...(head === undefined ? {} : { backup: head }),
  });
}

/** The handover, or undefined where the bytes are none. Never throws. */
export function readHandover(bytes: Uint8Array): Handover | undefined {
  const parsed = parseJson(bytes, { maxBytes: 2048, maxDepth: 4, maxNodes: 32 });
  if (!parsed.ok || shape.fault(parsed.value) !== undefined) return undefined;
  const said = parsed.value as unknown as NonNullable<typeof shape.as>;
  // The shape has checked that each is base64 of 32 bytes.
  const of = (text: string) => fromBase64(text, 32) as Uint8Array;
  const { backup } = said;
  return {
    secrets: { msk: of(said.msk), ssk: of(said.ssk), usk: of(said.usk) },
    backup: backup && {
      key: of(backup.key),
      head: { version: backup.version, seq: backup.seq, hash: of(backup.hash) },
    },
  };
}
