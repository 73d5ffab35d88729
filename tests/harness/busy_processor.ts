/** Programs that take all the time they get, until this is disposed: what else runs waits for its turn. */
export async function busyProcessor(count: number): Promise<AsyncDisposable> {
  const busy = Array.from({ length: count }, () =>
    new Deno.Command(Deno.execPath(), {
      args: ["eval", "console.log('busy'); for (;;);"],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn());
  for (const { stdout } of busy) {
    for await (const _begun of stdout) break;
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const each of busy) each.kill("SIGKILL");
      await Promise.all(busy.map((each) => each.status));
    },
  };
}
