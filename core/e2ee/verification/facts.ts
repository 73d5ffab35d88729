import type { DeviceId } from "../../ids/device_id.ts";
import type { UserId } from "../../ids/user_id.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Rng } from "../../ports/rng.ts";
import { base64Of } from "../bytes.ts";
import type { AgreementKey } from "../agreement.ts";
import type { Handover } from "./handover.ts";
import { type VerificationBody, type VerificationKind, writeMessage } from "./messages.ts";
import type { VerificationMessage } from "./messages.ts";
import type { Method, Party, SharedSecrets } from "./secrets.ts";

/** What a verification needs of the device that it runs on. */
export interface VerificationHost {
  readonly self: Party;
  /** What this device can give to a new one of its user. */
  readonly handover: Handover | undefined;
  readonly rng: Rng;
  readonly clock: Pick<Clock, "now">;
}

/** One message to send from device to device. `*`: all devices of the user. */
export interface Outgoing {
  readonly user: UserId;
  readonly device: DeviceId | "*";
  readonly kind: VerificationKind;
  readonly body: Uint8Array;
}

/** Who sent a message, as the servers say. */
export interface Sender {
  readonly user: UserId;
  readonly device: DeviceId;
}

/** What one run knows; it grows with every message. */
export interface RunFacts {
  readonly host: VerificationHost;
  readonly id: Uint8Array;
  readonly method: Method;
  /** The first side began, or shows the code. */
  readonly side: "first" | "second";
  readonly user: UserId;
  readonly key: AgreementKey;
  /** The other side's, once one has answered. */
  device: DeviceId | "*";
  other?: Party;
  /** Of the second side's key, where this is the first; of the code's secret after a scan. */
  commitment?: Uint8Array;
  otherKey?: Uint8Array;
  codeSecret?: Uint8Array;
  /** The master key that a code was shown for: who scans it must have that one. */
  expected?: Uint8Array;
  secrets?: SharedSecrets;
  taken?: Handover;
}

type Rest<Kind extends VerificationKind> = Omit<VerificationBody<Kind>, "v" | "id">;

/** A message of this run to its other side, or to another device of the same user. */
export function outgoing<Kind extends VerificationKind>(
  facts: RunFacts,
  kind: Kind,
  rest: Rest<Kind>,
  device: DeviceId | "*" = facts.device,
): Outgoing {
  const body = { v: 1, id: base64Of(facts.id), ...rest };
  const message = { kind, body } as unknown as VerificationMessage;
  return { user: facts.user, device, kind, body: writeMessage(message) };
}

/** What this side says of itself. */
export function claimsOf(facts: RunFacts) {
  const { msk, signatureKey, wants } = facts.host.self;
  return { msk: base64Of(msk), key: base64Of(signatureKey), wants };
}
