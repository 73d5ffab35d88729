import { type NamedDevice, Verifications } from "../components/encryption/Verifications.tsx";
import { useEngine } from "../lib/encryption/use_engine.ts";

/** Requests of one's other devices, and the one begun here, on a page that lists devices. */
export default function DeviceVerifications(
  { userId, devices }: { userId: string; devices: readonly NamedDevice[] },
) {
  const { engine } = useEngine(userId, { live: true });
  return engine ? <Verifications engine={engine} userId={userId} devices={devices} /> : null;
}
