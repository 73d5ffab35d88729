import { join } from "node:path";
import { readLines } from "./lines.ts";
import { CONTROL_FILE, ControlAddress, ControlAnswer, type ControlRequest } from "./protocol.ts";

export interface ControlIo {
  out(text: string): void;
  err(text: string): void;
  readonly interrupted: AbortSignal;
}

/** Reaches the server that holds a data folder, or undefined where none runs there. */
export async function findServer(dataFolder: string): Promise<ControlAddress | undefined> {
  let address: ControlAddress;
  try {
    address = ControlAddress.parse(
      JSON.parse(await Deno.readTextFile(join(dataFolder, CONTROL_FILE))),
    );
  } catch {
    return undefined;
  }
  try {
    const probe = await Deno.connect({ hostname: "127.0.0.1", port: address.port });
    probe.close();
    return address;
  } catch {
    // Left behind by a server that was killed.
    return undefined;
  }
}

/** Has a running server do the command; answers its exit code. */
export async function forward(
  address: ControlAddress,
  request: Omit<ControlRequest, "secret">,
  io: ControlIo,
): Promise<number> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: address.port });
  const interrupt = () => connection.close();
  io.interrupted.addEventListener("abort", interrupt, { once: true });
  try {
    const line = JSON.stringify({ secret: address.secret, ...request }) + "\n";
    const writer = connection.writable.getWriter();
    await writer.write(new TextEncoder().encode(line));
    writer.releaseLock();
    for await (const text of readLines(connection.readable)) {
      const answer = ControlAnswer.parse(JSON.parse(text));
      if ("exit" in answer) return answer.exit;
      if ("out" in answer) io.out(answer.out);
      else io.err(answer.err);
    }
    throw new Error("the server ended before the command did");
  } catch (error) {
    if (io.interrupted.aborted) throw io.interrupted.reason;
    throw error;
  } finally {
    io.interrupted.removeEventListener("abort", interrupt);
  }
}
