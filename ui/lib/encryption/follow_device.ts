import { goToLogin } from "../browser/browser_api.ts";
import { GatewayClient } from "../browser/gateway.ts";
import type { RemoteEngine } from "../e2ee/remote_engine.ts";
import { isDeviceDispatch } from "../../../core/e2ee/engine/ports.ts";

/** A gateway for pages beside the chat: the engine hears what concerns it. Returns its end. */
export function followDevice(engine: RemoteEngine): () => void {
  let position = "";
  const gateway = new GatewayClient({
    frame: (frame) => {
      if (frame.op === "ready") position = frame.d.position;
      if (frame.op !== "dispatch") return;
      if (frame.pos !== undefined) position = frame.pos;
      const said = { t: frame.t, d: frame.d };
      if (isDeviceDispatch(said)) engine.tell(said);
    },
    connected: () => engine.tell("connected"),
    lost: () => {},
    sessionEnded: goToLogin,
    position: () => position,
  });
  gateway.start();
  return () => gateway.stop();
}
