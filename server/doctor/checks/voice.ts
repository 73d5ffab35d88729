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
import { isOwnMachine } from "../../../core/own_machine.ts";
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
    return [ok(CHECK, "voice.off")];
  }
  if (!wantsVoice(config)) {
    return [ok(CHECK, "voice.several")];
  }
  const announce = voiceAddresses(config, interfaces);
  if (announce.length === 0) return [noAddress(config)];
  const sfu = running?.sfu;
  if (running?.absence !== undefined) {
    const wanted = portsOf(config, wantedPorts(config));
    return [problem(CHECK, ["voice.closed", "voice.port"], wanted)];
  }
  const fault = sfu === undefined ? await tryPorts(config) : undefined;
  if (fault !== undefined && !takesAnyPort(config)) {
    return [problem(CHECK, ["voice.taken", "voice.port"], { reason: fault })];
  }
  const good = ok(CHECK, "voice.good", {
    running: sfu === undefined ? "no" : "yes",
    ...portsOf(config, fault === undefined ? sfu?.ports ?? wantedPorts(config) : []),
    addresses: announce.join(", "),
    open: isHereAlone(config) ? "here" : "through",
  });
  return [good, await lookAtEngine(check), ...doubts(check)];
}

/** Where nobody asked for voice, a server without it is as good as one that asked is bad. */
function noAddress({ origins }: Config): Finding {
  const find = origins.get("voice.enabled") === "default" ? warning : problem;
  return find(CHECK, ["voice.no_address", "voice.announce"]);
}

function isHereAlone(config: Config): boolean {
  const { announce } = config.voice;
  const isHere = (address: string) => address === "127.0.0.1" || address === "::1";
  return announce.every(isHere) && (announce.length > 0 || isTrial(config));
}

/** How texts name the ports of voice; none: whichever is free. */
function portsOf({ voice: { tcp } }: Config, ports: readonly number[]) {
  return {
    kind: ports.length === 0 ? "any" : tcp ? "both" : "udp",
    n: ports.length,
    ports: ports.join(", "),
  };
}

/** Whether the fast path is used, and where it is wanted and not used, why. */
async function lookAtEngine({ config, clock, running }: VoiceCheck): Promise<Finding> {
  const wanted = config.voice.fastPath;
  const engine = running?.sfu?.engine;
  if (!wanted && engine !== "fast") {
    return ok(CHECK, "voice.own");
  }
  try {
    if (engine !== "fast") await openFastEngine(clock, config.voice);
    if (engine !== "stock") return ok(CHECK, "voice.fast");
  } catch (error) {
    return warning(CHECK, ["voice.slow", "voice.engine"], { reason: reasonOf(error) });
  }
  return warning(CHECK, ["voice.late", "voice.restart"]);
}

/** What keeps calls from some people although the port stands. */
function doubts({ config, bus }: VoiceCheck): Finding[] {
  const found: Finding[] = [];
  if (config.voice.port === 0) {
    found.push(warning(CHECK, ["voice.any_port", "voice.fixed"]));
  }
  if (bus === "nats") {
    found.push(warning(CHECK, ["voice.one_process", "voice.one_process"]));
  }
  const address = new URL(publicUrl(config, listenAddress(config).port));
  if (address.protocol !== "https:" && !isOwnMachine(address.hostname)) {
    found.push(warning(CHECK, ["voice.plain", "voice.https"], { origin: address.origin }));
  }
  return found;
}
