import type { DeviceTransport } from "../../core/e2ee/engine/ports.ts";
import type { DeviceClient } from "../harness/device_client.ts";

/** From now on a device's home server answers one call otherwise. @returns what ends that */
export function lie(
  client: DeviceClient,
  about: string,
  how: (answer: never) => unknown,
): () => void {
  const transport = client.transport as { call: DeviceTransport["call"] };
  const honest = transport.call;
  transport.call = (async (name: string, ...rest: unknown[]) => {
    const answer = await (honest as (...args: unknown[]) => Promise<unknown>)
      .call(client.transport, name, ...rest);
    return name === about ? how(answer as never) : answer;
  }) as DeviceTransport["call"];
  return () => {
    transport.call = honest;
  };
}
