import { tempFolder } from "./temp_folder.ts";
import { waitFor } from "./wait_for.ts";

export interface Loudspeakers extends AsyncDisposable {
  /** For the environment of what plays on them. */
  readonly env: Readonly<Record<string, string>>;
}

/** For the environment of what finds neither a microphone nor loudspeakers, whatever there is. */
export const NO_DEVICES = {
  PULSE_SERVER: "unix:/nonexistent",
  ALSA_CONFIG_PATH: "/dev/null",
} as const;

/**
 * Loudspeakers that nobody hears: Debian's PulseAudio with one output that goes nowhere. Chromium
 * plays into the void by itself; in Firefox no audio context begins on a machine without sound.
 */
export async function openLoudspeakers(): Promise<Loudspeakers> {
  const folder = await tempFolder();
  const socket = `${folder.path}/native`;
  const server = new Deno.Command("pulseaudio", {
    args: [
      "-n",
      "--daemonize=no",
      "--use-pid-file=no",
      "--exit-idle-time=-1",
      "-L",
      "module-null-sink",
      "-L",
      `module-native-protocol-unix auth-anonymous=1 socket=${socket}`,
    ],
    env: { HOME: folder.path, XDG_RUNTIME_DIR: folder.path },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  await waitFor("pulseaudio to listen", async () => {
    try {
      (await Deno.connect({ transport: "unix", path: socket })).close();
      return true;
    } catch {
      return false;
    }
  });
  return {
    env: { PULSE_SERVER: `unix:${socket}` },
    async [Symbol.asyncDispose]() {
      server.kill("SIGKILL");
      await server.status;
      await folder[Symbol.asyncDispose]();
    },
  };
}
