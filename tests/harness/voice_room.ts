import { freePort } from "../../scripts/lib/free_port.ts";
import { systemClock } from "../../server/system/clock.ts";
import { silentLog } from "../../server/system/log.ts";
import { systemRng } from "../../server/system/rng.ts";
import type { Engine } from "../../voice/sfu/engine.ts";
import { openSfu } from "../../voice/sfu/open_sfu.ts";
import type { JoinRequest, Sfu } from "../../voice/sfu/sfu.ts";
import { type DtlsIdentity, makeIdentity } from "../../voice/werift/certificate.ts";
import { sitDown } from "./lounge.ts";
import { ScriptedPeer } from "./scripted_peer.ts";

export interface VoiceRoom extends AsyncDisposable {
  readonly sfu: Sfu;
  readonly identity: DtlsIdentity;
  /** A participant who has not connected yet, and comes to this address. They end with the room. */
  join(name: string, change?: Partial<JoinRequest>, address?: string): Promise<ScriptedPeer>;
  /** Lets the server believe that time has passed. */
  passTime(ms: number): void;
}

/** A media server on this machine, for participants without a browser. */
export async function openVoiceRoom(
  engine: Engine,
  hosts: readonly string[] = ["127.0.0.1"],
): Promise<VoiceRoom> {
  await using stack = new AsyncDisposableStack();
  let skipped = 0;
  const port = freePort();
  const sfu = stack.use(
    await openSfu({
      bind: hosts.map((hostname) => ({ hostname, port })),
      announce: hosts,
      tcp: true,
      engine,
      log: silentLog,
      clock: { ...systemClock, monotonic: () => systemClock.monotonic() + skipped },
      rng: systemRng,
    }),
  );
  const identity = await makeIdentity();
  const owned = stack.move();
  return {
    sfu,
    identity,
    async join(name, change = {}, address = "127.0.0.1") {
      const seat = sitDown(sfu, name, change);
      return owned.use(await ScriptedPeer.open(seat, sfu.port, identity, address));
    },
    passTime(ms) {
      skipped += ms;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
