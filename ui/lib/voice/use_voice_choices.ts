import { useEffect, useState } from "preact/hooks";
import {
  DEFAULT_CHOICES,
  keepVoiceChoices,
  readVoiceChoices,
  type VoiceChoices,
  watchVoiceChoices,
} from "./choices.ts";
import { canChooseOutput } from "./voices.ts";

export interface SoundDevice {
  readonly id: string;
  /** Empty until the microphone was allowed once. */
  readonly name: string;
}

/** The choices of this browser and the devices that it has. */
export interface VoiceDesk {
  /** Scripts run: what is shown is what holds. */
  readonly live: boolean;
  readonly insecure: boolean;
  readonly choices: VoiceChoices;
  readonly inputs: readonly SoundDevice[];
  /** Undefined where this browser lets nobody choose. */
  readonly outputs: readonly SoundDevice[] | undefined;
  /** The browser lists outputs, and finds none. */
  readonly noOutput: boolean;
  /** Devices have names. */
  readonly named: boolean;
  change(part: Partial<VoiceChoices>): void;
  findDevices(): Promise<void>;
}

export function useVoiceChoices(): VoiceDesk {
  const [live, setLive] = useState(false);
  const [choices, setChoices] = useState(DEFAULT_CHOICES);
  const [found, setFound] = useState<readonly MediaDeviceInfo[] | undefined>(undefined);
  const devices = found ?? [];
  const insecure = live && (!isSecureContext || !navigator.mediaDevices);
  const findDevices = async () => {
    if (!navigator.mediaDevices) return;
    setFound(await navigator.mediaDevices.enumerateDevices().catch(() => []));
  };
  useEffect(() => {
    setLive(true);
    setChoices(readVoiceChoices());
    const look = () => void findDevices();
    look();
    const unwatch = watchVoiceChoices(setChoices);
    navigator.mediaDevices?.addEventListener("devicechange", look);
    return () => {
      unwatch();
      navigator.mediaDevices?.removeEventListener("devicechange", look);
    };
  }, []);
  const of = (kind: MediaDeviceKind) =>
    devices.filter((device) =>
      device.kind === kind && device.deviceId !== "" && device.deviceId !== "default"
    ).map(({ deviceId, label }) => ({ id: deviceId, name: label }));
  return {
    live,
    insecure,
    choices,
    inputs: of("audioinput"),
    outputs: !live || canChooseOutput() ? of("audiooutput") : undefined,
    // Where outputs are asked for one by one only those are listed: that none is says nothing.
    noOutput: found !== undefined && canChooseOutput() &&
      !("selectAudioOutput" in navigator.mediaDevices) &&
      !found.some(({ kind }) => kind === "audiooutput"),
    named: devices.some(({ label }) => label !== ""),
    findDevices,
    change: (part) => {
      const next = { ...choices, ...part };
      setChoices(next);
      keepVoiceChoices(next);
    },
  };
}
