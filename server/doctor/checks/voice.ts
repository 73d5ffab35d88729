import type { Clock } from "../../../core/ports/clock.ts";
import { openFastEngine } from "../../../voice/fast/open_fast.ts";
import type { busKind } from "../../compose/bus.ts";
import type { Config } from "../../config/config.ts";
import { listenAddress, publicUrl } from "../../config/derived.ts";
import { isTrial } from "../../config/derived.ts";
import {
  type OwnAddress,
  takesAnyPort,
  voiceAddresses,
  wantsVoice,
} from "../../config/voice_addresses.ts";
import type { ServerVoiceAbsence } from "../../../core/api/voice.ts";
import type { Sfu } from "../../../voice/sfu/sfu.ts";
import { tryPorts, wantedPorts } from "../../voice/try_ports.ts";
import { type Finding, ok, problem, reasonOf, warning } from "../finding.ts";

const CHECK = "voice";

/** What calls of a running server run on. */
export interface RunningVoice {
  /** Why there is nothing. */
  readonly absence: ServerVoiceAbsence | undefined;
  /** Undefined before the first call. */
  readonly sfu: Pick<Sfu, "engine" | "ports"> | undefined;
}

export interface VoiceCheck {
  readonly config: Config;
  readonly clock: Clock;
  /** The machine's own addresses. */
  readonly interfaces: readonly OwnAddress[];
  /** How processes of this server reach each other. */
  readonly bus: ReturnType<typeof busKind>;
  /** Undefined: nothing runs, so that ports are tried here. */
  readonly running: RunningVoice | undefined;
}

/** Whether calls could be held, on which port, and what has to be open for it. */
export async function checkVoice(check: VoiceCheck): Promise<Finding[]> {
  const { config, interfaces, running } = check;
  if (!config.voice.enabled) {
    return [ok(CHECK, "Voice is off (voice.enabled): voice channels cannot be joined.")];
  }
  if (!wantsVoice(config)) {
    return [ok(
      CHECK,
      "Voice is off, because several processes are configured and for now one of them would hold " +
        "all calls. voice.enabled switches it on all the same.",
    )];
  }
  const announce = voiceAddresses(config, interfaces);
  if (announce.length === 0) return [noAddress(config)];
  const sfu = running?.sfu;
  const fault = running?.absence !== undefined
    ? `The server could not open ${nameOf(config, wantedPorts(config))}; its log says why.`
    : sfu === undefined
    ? await tryPorts(config)
    : undefined;
  if (fault !== undefined && (running?.absence !== undefined || !takesAnyPort(config))) {
    return [problem(
      CHECK,
      fault,
      "Stop what uses the port, or choose another one with voice.port; then start the server again.",
    )];
  }
  const named = fault === undefined
    ? nameOf(config, sfu?.ports ?? wantedPorts(config))
    : "any free port";
  const good = ok(
    CHECK,
    `Voice ${sfu === undefined ? "can have" : "has"} ${named}, browsers send to ` +
      `${announce.join(" and ")}. ${openAdvice(config, named)}`,
  );
  return [good, await lookAtEngine(check), ...doubts(check)];
}

/** Where nobody asked for voice, a server without it is as good as one that asked is bad. */
function noAddress({ origins }: Config): Finding {
  const find = origins.get("voice.enabled") === "default" ? warning : problem;
  return find(
    CHECK,
    "Voice channels cannot be joined: this machine has no public address that browsers could send " +
      "voice to.",
    "Set voice.announce to the IP address under which this server is reached from outside, or " +
      "switch voice.enabled off.",
  );
}

function openAdvice(config: Config, named: string): string {
  const { announce } = config.voice;
  const isHere = (address: string) => address === "127.0.0.1" || address === "::1";
  return announce.every(isHere) && (announce.length > 0 || isTrial(config))
    ? "That is this machine alone; voice.announce names addresses for others."
    : `Let ${named} through every firewall and router before it.`;
}

function nameOf({ voice: { tcp } }: Config, ports: readonly number[]): string {
  const numbers = ports.length === 1 ? `port ${ports[0]}` : `ports ${ports.join(", ")}`;
  return tcp ? `${numbers} of UDP and TCP` : `UDP ${numbers}`;
}

/** Whether the fast path is used, and where it is wanted and not used, why. */
async function lookAtEngine({ config, clock, running }: VoiceCheck): Promise<Finding> {
  const wanted = config.voice.fastPath;
  const engine = running?.sfu?.engine;
  if (!wanted && engine !== "fast") {
    return ok(CHECK, "Calls run on Deno's own sockets and cipher (voice.fast_path is off).");
  }
  try {
    if (engine !== "fast") await openFastEngine(clock, config.voice);
    if (engine !== "stock") return ok(CHECK, "Calls run on the fast path.");
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
