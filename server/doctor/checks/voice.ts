import type { Clock } from "../../../core/ports/clock.ts";
import { openFastEngine } from "../../../voice/fast/open_fast.ts";
import type { EngineName } from "../../../voice/sfu/engine.ts";
import { stockEngine } from "../../../voice/sfu/stock_engine.ts";
import type { busKind } from "../../compose/bus.ts";
import type { Config } from "../../config/config.ts";
import { listenAddress, publicUrl } from "../../config/derived.ts";
import { voiceAddresses, voiceHosts } from "../../config/voice_addresses.ts";
import { type Finding, ok, problem, reasonOf, warning } from "../finding.ts";

const CHECK = "voice";

export interface VoiceCheck {
  readonly config: Config;
  readonly clock: Clock;
  /** The machine's own addresses. */
  readonly interfaces: readonly { readonly address: string }[];
  /** How processes of this server reach each other. */
  readonly bus: ReturnType<typeof busKind>;
  /** What calls of the running server run on; `none`: its port does not stand. Undefined: tried here. */
  readonly running: EngineName | "none" | undefined;
}

/** Whether calls could be held, on which port, and what has to be open for it. */
export async function checkVoice(check: VoiceCheck): Promise<Finding[]> {
  const { config, interfaces, running } = check;
  const { enabled, tcp } = config.voice;
  const numbers = portsOf(config);
  if (!enabled) return [ok(CHECK, "Voice is off; voice.enabled switches it on.")];
  const announce = voiceAddresses(config, interfaces);
  if (announce.length === 0) {
    return [problem(
      CHECK,
      "This machine has no public address that browsers could send voice to.",
      "Set voice.announce to the IP address under which this server is reached from outside.",
    )];
  }
  const fault = running === undefined ? await tryPorts(config) : undefined;
  if (fault !== undefined || running === "none") {
    return [problem(
      CHECK,
      fault ?? `The server could not open UDP ${numbers}; its log says why.`,
      "Stop what uses the port, or choose another one with voice.port.",
    )];
  }
  const ports = tcp ? `${numbers} of UDP and TCP` : `UDP ${numbers}`;
  const good = ok(
    CHECK,
    `Voice ${running !== undefined ? "has" : "can have"} ${ports}, browsers send to ` +
      `${announce.join(" and ")}. Let ${ports} through every firewall and router before it.`,
  );
  return [good, await lookAtEngine(check), ...doubts(check)];
}

/** Each further thread has the next port. */
function portsOf({ voice: { port, workers } }: Config): string {
  return workers === 1 || port === 0 ? `port ${port}` : `ports ${port} to ${port + workers - 1}`;
}

/** Whether the fast path is used, and where it is wanted and not used, why. */
async function lookAtEngine({ config, clock, running }: VoiceCheck): Promise<Finding> {
  const wanted = config.voice.fastPath;
  if (!wanted && running !== "fast") {
    return ok(CHECK, "Calls run on Deno's own sockets and cipher (voice.fast_path is off).");
  }
  try {
    if (running !== "fast") await openFastEngine(clock);
    if (running !== "stock") return ok(CHECK, "Calls run on the fast path.");
  } catch (error) {
    return warning(
      CHECK,
      `Calls run without the fast path that voice.fast_path asks for: ${reasonOf(error)}.`,
      "Use 64-bit Linux with glibc and OpenSSL 3 (libcrypto.so.3), or switch voice.fast_path off.",
    );
  }
  return warning(
    CHECK,
    "The server runs without the fast path, which works here by now.",
    "Start the server again; its log says why it did not work then.",
  );
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

async function tryPorts(config: Config): Promise<string | undefined> {
  const { port, workers, tcp } = config.voice;
  for (let each = 0; each < (port === 0 ? 1 : workers); each++) {
    const fault = await tryPort(voiceHosts(config), { port: port + each, tcp });
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Why the port cannot be opened, or undefined. It is enough that one of the addresses can. */
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
      faults.push(`${host}: ${reasonOf(error)}`);
    }
  }
  return `${tcp ? `Port ${port} of UDP and TCP` : `UDP port ${port}`} cannot be opened (${
    faults.join("; ")
  }).`;
}
