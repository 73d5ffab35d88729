import { base64Of, equalBytes, fromBase64 } from "../bytes.ts";
import { identityOf, type IdentitySecrets, signUser } from "../identity.ts";
import type { VerificationHost } from "../verification/facts.ts";
import type { VerificationResult } from "../verification/run.ts";
import type { Backup } from "./backup.ts";
import type { EnginePorts } from "./ports.ts";
import type { OwnDevice } from "./own_device.ts";
import { certify, keepSecrets, publishedMsk } from "./set_up.ts";
import type { Trust } from "./trust.ts";

/** What compared emoji, scanned codes and opened backups change: who is who, and who this device is. */
export class Approvals {
  constructor(
    readonly ports: EnginePorts,
    readonly device: OwnDevice,
    readonly trust: Trust,
    readonly backup: Backup,
  ) {}

  /** What this device says of itself; undefined before it has keys, or the user an identity. */
  async host(): Promise<VerificationHost | undefined> {
    const { device, backup } = this;
    const { id, signatureKey, secrets } = device;
    if (id === undefined || signatureKey === undefined) return undefined;
    const known = secrets === undefined ? await publishedMsk(device) : undefined;
    const msk = secrets === undefined
      ? known && fromBase64(known, 32)
      : (await identityOf(secrets)).msk;
    if (!msk) return undefined;
    // Who takes the backup over has everything with it, the latest messages too.
    if (secrets !== undefined) await backup.flush().catch(() => undefined);
    const { key, head } = backup.parts.held;
    return {
      self: { user: device.userId, device: id, msk, signatureKey, wants: secrets === undefined },
      handover: secrets && {
        secrets,
        backup: key === undefined || head === undefined ? undefined : { key, head },
      },
      rng: this.ports.rng,
      clock: this.ports.clock,
    };
  }

  /** Stores what people proved by comparing. */
  async proven({ other, handover }: VerificationResult): Promise<void> {
    const { device, trust } = this;
    if (other.user !== device.userId) {
      const { secrets } = device;
      const about = { signer: device.userId, user: other.user, msk: other.msk };
      const signature = secrets && await signUser(secrets.usk, about);
      await trust.verify(other.user, other.msk, signature);
      return;
    }
    if (handover === undefined || device.secrets !== undefined) return;
    const secrets = { ...handover.secrets, user: device.userId };
    if (!equalBytes((await identityOf(secrets)).msk, other.msk)) return;
    await this.approve(secrets);
    if (handover.backup !== undefined) await this.backup.adopt(handover.backup);
  }

  /** This device is the user's: its certificate is made, where the identity is the present one. */
  async approve(secrets: IdentitySecrets): Promise<void> {
    const { msk } = await identityOf(secrets);
    if (base64Of(msk) !== await publishedMsk(this.device)) return;
    await keepSecrets(this.device, secrets);
    await certify(this.device, secrets);
  }
}
