import { fromBase64 } from "../bytes.ts";
import type { CallKeys } from "../voice/call_keys.ts";
import type { Approvals } from "./approvals.ts";
import type { Backup } from "./backup.ts";
import type { EngineCore } from "./core.ts";
import type { HeldBackup } from "./held_backup.ts";
import type { KeyRequests } from "./key_requests.ts";
import { Part } from "./part.ts";
import type { Texts } from "./texts.ts";
import type { Verifications } from "./verifications.ts";

/** What the parts ask of the engine around them. */
export interface EngineHooks {
  readonly held: HeldBackup;
  /** Runs something alone among what changes who this device is. */
  alone(task: () => Promise<void>): Promise<void>;
  /** What follows when this device may have a certificate. */
  settled(): Promise<void>;
  sync(roomId: string): Promise<unknown>;
  /** A task that nobody waits for. */
  later(task: () => Promise<unknown>): void;
}

/** What a device does seldom, or not at once: fetched when it is first needed. */
export interface EngineParts {
  readonly backup: Part<Backup>;
  readonly approvals: Part<Approvals>;
  readonly verifications: Part<Verifications>;
  readonly keyRequests: Part<KeyRequests>;
  readonly calls: Part<CallKeys>;
  readonly texts: Part<Texts>;
}

export function makeParts(core: EngineCore, hooks: EngineHooks): EngineParts {
  const { ports, device, trust, archive, signal, emit } = core;
  const { held } = hooks;
  const backup = new Part(async () => {
    const { Backup } = await import("./backup.ts");
    return new Backup({ ports, held, archive, device, trust, emit });
  });
  const approvals = new Part(async () => {
    const { Approvals } = await import("./approvals.ts");
    return new Approvals(ports, device, trust, await backup.get());
  });
  const verifications = new Part(async () => {
    const { Verifications } = await import("./verifications.ts");
    const approving = await approvals.get();
    return new Verifications({
      ports,
      signal,
      host: () => approving.host(),
      mskOf: (userId) => {
        const { msk, changedTo = msk } = trust.pin(userId) ?? {};
        return changedTo === undefined ? undefined : fromBase64(changedTo, 32);
      },
      changed: (id) => emit({ what: "verification", id }),
      proven: (result) =>
        hooks.alone(async () => {
          await approving.proven(result);
          await hooks.settled();
        }),
    });
  });
  return { backup, approvals, verifications, ...makeReading(core, hooks) };
}

/**
 * Fetches what is not here yet, so that a device whose server gets a newer build meanwhile has all of
 * this one. @throws what an import throws
 */
export async function fetchParts(parts: EngineParts): Promise<void> {
  await Promise.all([
    ...Object.values(parts).map((part) => part.get()),
    import("./changing.ts"),
    import("./key_packages.ts"),
    import("./set_up.ts"),
    import("./take_commit.ts"),
    import("./order_troubles.ts"),
    import("./server_keys.ts"),
    import("./earlier.ts"),
    import("./health.ts"),
    import("./known_users.ts"),
    import("./take_history.ts"),
    import("./give_history.ts"),
    import("../../mls/making.ts"),
    import("@noble/ed25519"),
    import("@noble/hashes/argon2.js"),
  ]);
}

function makeReading(
  core: EngineCore,
  { held, sync, later }: EngineHooks,
): Pick<EngineParts, "keyRequests" | "calls" | "texts"> {
  const { ports, device, trust, archive, signal, emit } = core;
  return {
    keyRequests: new Part(async () => {
      const { KeyRequests } = await import("./key_requests.ts");
      return new KeyRequests({
        ports,
        device,
        trust,
        archive,
        backup: held,
        read: sync,
        later: (ms, task) =>
          later(async () => {
            await ports.clock.sleep(ms, signal);
            await task();
          }),
        emit,
      });
    }),
    calls: new Part(async () => {
      const { CallKeys } = await import("../voice/call_keys.ts");
      const { clock, rng } = ports;
      return new CallKeys({ mls: core.mls, clock, rng, trust, keys: () => device.keys });
    }),
    texts: new Part(async () => {
      const { Texts } = await import("./texts.ts");
      return new Texts({ ports, archive, signal, emit, sync });
    }),
  };
}
