/**
 * Janus of Debian beside the media server: the same packets through a media server written in C.
 * Only the bench needs it, and installs it where it is missing and may.
 */
import { freePort } from "../../scripts/lib/free_port.ts";
import { waitFor } from "../harness/wait_for.ts";

const PLUGINS = "/usr/lib/x86_64-linux-gnu/janus/plugins";
const TRANSPORTS = "/usr/lib/x86_64-linux-gnu/janus/transports";

export interface Janus extends AsyncDisposable {
  readonly pid: number;
  /** Of its HTTP interface. */
  readonly url: string;
}

/** Whether the program is there now; what stands in the way is said on standard error. */
export async function haveJanus(): Promise<boolean> {
  if (await runs("sh", "-c", "command -v janus")) return true;
  console.error("Janus is missing, which voice is measured beside: installing Debian's package.");
  const isThere = await runs("apt-get", "install", "-y", "--no-install-recommends", "janus") ||
    (await runs("apt-get", "update") &&
      await runs("apt-get", "install", "-y", "--no-install-recommends", "janus"));
  if (!isThere) {
    console.error("Janus cannot be installed here (that takes Debian and root): no ratio to it.");
  }
  return isThere;
}

async function runs(command: string, ...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, {
      args,
      stdin: "null",
      stdout: "null",
      stderr: "null",
      env: { DEBIAN_FRONTEND: "noninteractive" },
    }).output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Starts it with rooms of calls and nothing else. It hears no loopback, only the machine's address. */
export async function startJanus(folder: string): Promise<Janus> {
  const port = freePort();
  await Deno.writeTextFile(
    `${folder}/janus.jcfg`,
    `general: { configs_folder = "${folder}", plugins_folder = "${PLUGINS}",
  transports_folder = "${TRANSPORTS}", debug_level = 1 }
nat: { ice_lite = true }
media: { ipv6 = false }
plugins: { disable = "${await othersOf(PLUGINS, "libjanus_videoroom.so")}" }
transports: { disable = "${await othersOf(TRANSPORTS, "libjanus_http.so")}" }
`,
  );
  await Deno.writeTextFile(
    `${folder}/janus.transport.http.jcfg`,
    `general: { json = "compact", base_path = "/janus", http = true, port = ${port}, ip = "127.0.0.1", https = false }
admin: { admin_http = false }
`,
  );
  await Deno.writeTextFile(`${folder}/janus.plugin.videoroom.jcfg`, "general: { }\n");
  const child = new Deno.Command("janus", {
    args: ["--configs-folder", folder, "--config", `${folder}/janus.jcfg`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const url = `http://127.0.0.1:${port}/janus`;
  await waitFor("Janus to answer", async () => {
    const response = await fetch(`${url}/info`).catch(() => undefined);
    await response?.body?.cancel();
    return response?.ok === true;
  });
  return {
    pid: child.pid,
    url,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

async function othersOf(folder: string, wanted: string): Promise<string> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(folder)) {
    if (name.endsWith(".so") && name !== wanted) names.push(name);
  }
  return names.join(",");
}
