import { addressRefusal } from "../../federation/address.ts";
import type { Config } from "./config.ts";
import { isTrial } from "./derived.ts";

/** Candidates of an offer: a machine with many addresses names the first few. */
const ADDRESSES_MAX = 4;

/**
 * Whether calls are wanted here. Of several processes one would hold them all, and who is connected
 * to another could not come in: that is for somebody to choose.
 */
export function wantsVoice({ voice, bus, origins }: Pick<Config, "voice" | "bus" | "origins">) {
  const isChosen = origins.get("voice.enabled") !== "default";
  return voice.enabled && (isChosen || bus.natsUrl.length === 0);
}

/** Whether any other port does as well: on the machine itself no firewall has to know it. */
export function takesAnyPort(config: Pick<Config, "server" | "origins">): boolean {
  return isTrial(config) && config.origins.get("voice.port") === "default";
}

/** What this machine knows of an address of its own. */
export interface OwnAddress {
  readonly family: "IPv4" | "IPv6";
  readonly address: string;
}

/**
 * The IP addresses that browsers are told for voice: those of the configuration, else the
 * machine's own public ones; of a trial, which is for this machine alone, the loopback and what it
 * has beside that, as Firefox sends no voice to the loopback. Empty where nothing is known: behind
 * NAT the outer address must be configured.
 */
export function voiceAddresses(
  config: Pick<Config, "voice" | "server">,
  interfaces: readonly OwnAddress[],
): readonly string[] {
  if (config.voice.announce.length > 0) return config.voice.announce;
  if (isTrial(config)) {
    const beside = interfaces.filter(({ family, address }) =>
      family === "IPv4" && !address.startsWith("127.")
    );
    return ["127.0.0.1", ...beside.map(({ address }) => address)].slice(0, ADDRESSES_MAX);
  }
  const own = interfaces.map(({ address }) => address)
    .filter((address) => addressRefusal(address) === undefined);
  return [...new Set(own)].slice(0, ADDRESSES_MAX);
}

/** Where voice is taken: as configured, else everywhere; of a trial on what browsers are told. */
export function voiceHosts(
  config: Pick<Config, "voice" | "server">,
  interfaces: readonly OwnAddress[],
): readonly string[] {
  const { host, announce } = config.voice;
  if (host.length > 0) return host;
  return isTrial(config) && announce.length === 0
    ? voiceAddresses(config, interfaces)
    : ["0.0.0.0", "::"];
}
