import type { ServerVoiceAbsence } from "../../core/api/voice.ts";
import type { Log } from "../../core/ports/log.ts";
import type { MediaPlan, MediaReport } from "../../voice/sfu/media.ts";
import type { Sfu, SfuOptions } from "../../voice/sfu/sfu.ts";
import type { Config } from "../config/config.ts";
import { takesAnyPort, voiceAddresses, voiceHosts, wantsVoice } from "../config/voice_addresses.ts";
import { MediaThread } from "./media_thread.ts";
import { tryPorts } from "./try_ports.ts";

const BYTES_PER_MEGABIT = 125_000;

type DoorParts = Pick<SfuOptions, "clock" | "rng" | "log">;

/**
 * The media server of this process. Whether there can be one is known from the start; it is loaded
 * with the first call: what it is made of takes some 30 MB, which a server without calls does not
 * need.
 */
export class MediaDoor implements AsyncDisposable {
  /** Why there is none. */
  readonly absence: ServerVoiceAbsence | undefined;
  readonly #open: () => Promise<Sfu>;
  readonly #log: Log;
  #opening: Promise<Sfu | "no_port"> | undefined;
  #sfu: Sfu | undefined;
  #isClosed = false;

  constructor(
    absence: ServerVoiceAbsence | undefined,
    parts: { readonly open: () => Promise<Sfu>; readonly log: Log },
  ) {
    this.absence = absence;
    this.#open = parts.open;
    this.#log = parts.log;
  }

  /** What was opened. */
  get sfu(): Sfu | undefined {
    return this.#sfu;
  }

  /** Where it cannot be opened the log says why, and the next call tries again. */
  async open(): Promise<Sfu | ServerVoiceAbsence> {
    if (this.absence !== undefined) return this.absence;
    if (this.#isClosed) return "off";
    const opened = await (this.#opening ??= this.#tryOpen());
    if (opened === "no_port") this.#opening = undefined;
    return opened;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await this.#opening;
    await this.#sfu?.[Symbol.asyncDispose]();
  }

  async #tryOpen(): Promise<Sfu | "no_port"> {
    try {
      return this.#sfu = await this.#open();
    } catch (error) {
      this.#log.log("error", "Calls cannot be held: the port for voice could not be opened.", {
        error,
      });
      return "no_port";
    }
  }
}

/** Finds out whether calls can be held. What is in the way is in the log, and said to who joins. */
export async function findMediaDoor(config: Config, system: DoorParts): Promise<MediaDoor> {
  const { voice } = config;
  const log = system.log.child({ part: "voice" });
  const without = (absence: ServerVoiceAbsence) =>
    new MediaDoor(absence, { open: () => Promise.reject(new Error("Voice is off.")), log });
  if (!wantsVoice(config)) return without("off");
  const announce = voiceAddresses(config, Deno.networkInterfaces());
  if (announce.length === 0) {
    const level = config.origins.get("voice.enabled") === "default" ? "warn" : "error";
    log.log(level, "Voice is off: this machine has no public address. Set voice.announce.");
    return without("no_address");
  }
  const isFirm = !takesAnyPort(config);
  const fault = isFirm ? await tryPorts(config) : undefined;
  if (fault !== undefined) {
    log.log("error", "Voice is off: its port could not be opened.", { port: voice.port, fault });
    return without("no_port");
  }
  const openAt = (port: number) => openMedia(config, { ...system, log }, { announce, port });
  const open = () =>
    openAt(voice.port).catch((error) => {
      if (isFirm) throw error;
      log.log("warn", "Voice takes any free port: its own is in use.", { port: voice.port });
      return openAt(0);
    });
  return new MediaDoor(undefined, { open, log });
}

async function openMedia(
  config: Config,
  system: DoorParts,
  { announce, port }: { readonly announce: readonly string[]; readonly port: number },
): Promise<Sfu> {
  const { voice } = config;
  const { log } = system;
  const { openSfu } = await import("../../voice/sfu/open_sfu.ts");
  const { tcp, maxSpeakers, fastPath, gatherMs } = voice;
  const videoBitrate = voice.videoKilobits * 1000;
  const threads = {
    count: voice.workers,
    open: (plan: MediaPlan, report: (report: MediaReport) => void) =>
      MediaThread.start(plan, { engine: { fastPath, gatherMs }, log, report }),
  };
  const sfu = await openSfu({
    ...{ ...system, announce, tcp, maxSpeakers, videoBitrate, threads },
    bind: voiceHosts(config, Deno.networkInterfaces()).map((hostname) => ({ hostname, port })),
    ...(voice.maxMegabits > 0 && { maxBytesPerSecond: voice.maxMegabits * BYTES_PER_MEGABIT }),
  });
  log.log("info", "Voice is ready.", {
    ports: sfu.ports.join(", "),
    announce: announce.join(", "),
    engine: sfu.engine,
  });
  return sfu;
}
