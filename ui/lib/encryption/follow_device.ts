import { goToLogin } from "../browser/browser_api.ts";
import { GatewayClient } from "../browser/gateway.ts";
import type { RemoteEngine } from "../e2ee/remote_engine.ts";
import type { DeviceDispatch } from "../../../core/e2ee/engine/ports.ts";

/** What concerns a device of all that the gateway says. */
const OF_DEVICES: ReadonlySet<string> = new Set<DeviceDispatch["t"]>([
  "group.update",
  "group.wanted",
  "welcome",
  "devices.update",
  "to_device",
  "key_packages.low",
]);

/** A gateway for pages beside the chat: the engine hears what concerns it. Returns its end. */
export function followDevice(engine: RemoteEngine): () => void {
  let position = "";
  const gateway = new GatewayClient({
    frame: (frame) => {
      if (frame.op === "ready") position = frame.d.position;
      if (frame.op !== "dispatch") return;
      if (frame.pos !== undefined) position = frame.pos;
      if (OF_DEVICES.has(frame.t)) engine.tell({ t: frame.t, d: frame.d } as DeviceDispatch);
    },
    connected: () => engine.tell("connected"),
    lost: () => {},
    sessionEnded: goToLogin,
    position: () => position,
  });
  gateway.start();
  return () => gateway.stop();
}
