import { useEffect, useState } from "preact/hooks";
import { callApi } from "../../../lib/browser/browser_api.ts";
import { useEngine } from "../../../lib/encryption/use_engine.ts";
import { nameOf } from "../../../lib/format/names.ts";
import { type NamedDevice, Verifications } from "../../encryption/Verifications.tsx";
import { useChat } from "../chat_context.ts";

/** Verifications, wherever in the app somebody is: begun here, or asked for by another device. */
export default function EncryptionDesk() {
  const state = useChat();
  const own = state.self.value.user.id;
  const { engine } = useEngine(own);
  const [devices, setDevices] = useState<readonly NamedDevice[]>([]);
  const ofOwn = engine?.verifications().find(({ userId }) => userId === own)?.id;
  useEffect(() => {
    if (ofOwn === undefined) return;
    // Without its name it is called a new device.
    void callApi("listDevices").then((answer) => setDevices(answer.devices), () => undefined);
  }, [ofOwn]);
  return engine
    ? (
      <Verifications
        engine={engine}
        userId={own}
        devices={devices}
        nameOf={(userId) => nameOf(state.userOf(userId))}
      />
    )
    : null;
}
