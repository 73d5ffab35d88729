import { bindUdp } from "../../../voice/sfu/udp_socket.ts";
import type { busKind } from "../../compose/bus.ts";
import type { Config } from "../../config/config.ts";
import { listenAddress, publicUrl } from "../../config/derived.ts";
import { voiceAddresses, voiceHosts } from "../../config/voice_addresses.ts";
import { type Finding, ok, problem, reasonOf, warning } from "../finding.ts";

const CHECK = "voice";

export interface VoiceCheck {
  readonly config: Config;
  /** The machine's own addresses. */
  readonly interfaces: readonly { readonly address: string }[];
  /** How processes of this server reach each other. */
  readonly bus: ReturnType<typeof busKind>;
  /** Of the running server: whether its port stands. Undefined: it is tried here. */
  readonly running: boolean | undefined;
}

/** Whether calls could be held, on which port, and what has to be open for it. */
export async function checkVoice(check: VoiceCheck): Promise<Finding[]> {
  const { config, interfaces, running } = check;
  const { enabled, port, tcp } = config.voice;
  if (!enabled) return [ok(CHECK, "Voice is off; voice.enabled switches it on.")];
  const announce = voiceAddresses(config, interfaces);
  if (announce.length === 0) {
    return [problem(
      CHECK,
      "This machine has no public address that browsers could send voice to.",
      "Set voice.announce to the IP address under which this server is reached from outside.",
    )];
  }
  const fault = running === undefined ? await tryPort(voiceHosts(config), config.voice) : undefined;
  if (fault !== undefined || running === false) {
    return [problem(
      CHECK,
      fault ?? `The server could not open UDP port ${port}; its log says why.`,
      "Stop what uses the port, or choose another one with voice.port.",
    )];
  }
  const ports = tcp ? `port ${port} of UDP and TCP` : `UDP port ${port}`;
  const good = ok(
    CHECK,
    `Voice ${running === true ? "has" : "can have"} ${ports}, browsers send to ` +
      `${announce.join(" and ")}. Let ${ports} through every firewall and router before it.`,
  );
  return [good, ...doubts(check)];
}

/** What keeps calls from some people although the port stands. */
function doubts({ config, bus }: VoiceCheck): Finding[] {
  const found: Finding[] = [];
  if (config.voice.port === 0) {
    found.push(warning(
      CHECK,
      "Voice takes another port with each start, which no firewall can know.",
      "Set voice.port to one UDP port, and open that.",
    ));
  }
  if (bus === "nats") {
    found.push(warning(
      CHECK,
      "For now one process holds all calls of a server, and several are configured.",
      "Run the server as one process where voice is wanted: whoever is connected to another one " +
        "cannot join.",
    ));
  }
  const address = new URL(publicUrl(config, listenAddress(config).port));
  if (address.protocol !== "https:" && address.hostname !== "localhost") {
    found.push(warning(
      CHECK,
      `People come by ${address.origin}, and browsers give no microphone to pages without HTTPS.`,
      "Give the server a certificate, or a proxy with one before it (see HTTPS in OPERATIONS.md).",
    ));
  }
  return found;
}

/** Why the port cannot be opened, or undefined. It is enough that one of the addresses can. */
async function tryPort(
  hosts: readonly string[],
  { port, tcp }: { readonly port: number; readonly tcp: boolean },
): Promise<string | undefined> {
  const faults: string[] = [];
  for (const host of hosts) {
    try {
      await (await bindUdp(host, port))[Symbol.asyncDispose]();
      if (tcp) Deno.listen({ hostname: host, port }).close();
      return undefined;
    } catch (error) {
      faults.push(`${host}: ${reasonOf(error)}`);
    }
  }
  return `${tcp ? `Port ${port} of UDP and TCP` : `UDP port ${port}`} cannot be opened (${
    faults.join("; ")
  }).`;
}
