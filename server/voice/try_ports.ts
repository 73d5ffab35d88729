import type { Config } from "../config/config.ts";
import { voiceHosts } from "../config/voice_addresses.ts";
import { stockEngine } from "../../voice/sfu/stock_engine.ts";

/** Each further thread has the next port. */
export function wantedPorts({ voice: { port, workers } }: Pick<Config, "voice">): number[] {
  return Array.from({ length: port === 0 ? 1 : workers }, (_, each) => port + each);
}

/** Why one of the ports that calls want cannot be opened now, or undefined. */
export async function tryPorts(
  config: Pick<Config, "voice" | "server">,
): Promise<string | undefined> {
  const hosts = voiceHosts(config, Deno.networkInterfaces());
  for (const port of wantedPorts(config)) {
    const fault = await tryPort(hosts, { port, tcp: config.voice.tcp });
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** It is enough that one of the addresses can. */
async function tryPort(
  hosts: readonly string[],
  { port, tcp }: { readonly port: number; readonly tcp: boolean },
): Promise<string | undefined> {
  const faults: string[] = [];
  for (const host of hosts) {
    try {
      await (await stockEngine.bindUdp(host, port))[Symbol.asyncDispose]();
      if (tcp) Deno.listen({ hostname: host, port }).close();
      return undefined;
    } catch (error) {
      faults.push(`${host}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return `${tcp ? `Port ${port} of UDP and TCP` : `UDP port ${port}`} cannot be opened (${
    faults.join("; ")
  }).`;
}
