import assert from "node:assert/strict";
import { CountingRng, ManualClock, MemoryLog } from "../../tests/harness/parts.ts";
import { tempFolder } from "../../tests/harness/temp_folder.ts";
import { waitFor } from "../../tests/harness/wait_for.ts";
import { findServer, forward } from "./control_client.ts";
import { openControl, type RunCommand } from "./control_server.ts";

async function scene(run: RunCommand) {
  const folder = await tempFolder();
  const clock = new ManualClock();
  const control = await openControl({
    dataFolder: folder.path,
    clock,
    rng: new CountingRng(),
    log: new MemoryLog(),
    run,
  });
  return {
    folder: folder.path,
    clock,
    control,
    async [Symbol.asyncDispose]() {
      await control[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

const REQUEST = {
  args: ["admin", "user", "list"],
  working_folder: "/",
  out_is_terminal: false,
  err_is_terminal: true,
  columns: 80,
};

function terminal() {
  const said: string[] = [];
  const interrupt = new AbortController();
  return {
    said,
    interrupt,
    io: {
      out: (text: string) => void said.push(`out ${text}`),
      err: (text: string) => void said.push(`err ${text}`),
      interrupted: interrupt.signal,
    },
  };
}

Deno.test("a command runs in the server, its words and exit code come back in order", async () => {
  await using at = await scene((request, io) => {
    io.err("working\n");
    io.out(request.args.join(" ") + "\nü");
    return Promise.resolve(3);
  });
  const address = await findServer(at.folder);
  assert.ok(address);
  const { said, io } = terminal();
  assert.equal(await forward(address, REQUEST, io), 3);
  assert.deepEqual(said, ["err working\n", "out admin user list\nü"]);
  assert.equal(((await Deno.stat(`${at.folder}/control.json`)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("a wrong secret, or no sense at all, runs nothing", async () => {
  let runs = 0;
  await using at = await scene(() => Promise.resolve(runs++));
  const address = await findServer(at.folder);
  assert.ok(address);
  const wrong = { ...address, secret: "0".repeat(64) };
  await assert.rejects(forward(wrong, REQUEST, terminal().io));
  using raw = await Deno.connect({ hostname: "127.0.0.1", port: address.port });
  await raw.write(new TextEncoder().encode("GET / HTTP/1.1\n\n"));
  assert.equal(await raw.read(new Uint8Array(10)), null);
  assert.equal(runs, 0);
});

Deno.test("who asks nothing is shown out", async () => {
  await using at = await scene(() => Promise.resolve(0));
  const address = await findServer(at.folder);
  assert.ok(address);
  using silent = await Deno.connect({ hostname: "127.0.0.1", port: address.port });
  const closed = silent.read(new Uint8Array(1));
  await waitFor("the end of patience", async () => {
    at.clock.advance(1000);
    return await Promise.race([
      closed.then(() => true),
      new Promise<false>((resolve) => setTimeout(() => resolve(false), 5)),
    ]);
  });
  assert.equal(await closed, null);
});

Deno.test("Ctrl-C at the terminal interrupts the command in the server", async () => {
  let interrupted = false;
  await using at = await scene((_request, io) => {
    io.out("started");
    return new Promise((resolve) =>
      io.interrupted.addEventListener("abort", () => {
        interrupted = true;
        resolve(130);
      })
    );
  });
  const address = await findServer(at.folder);
  assert.ok(address);
  const { said, io, interrupt } = terminal();
  const running = forward(address, REQUEST, io);
  await waitFor("the command to start", () => said.length > 0);
  interrupt.abort(new Error("interrupted"));
  await assert.rejects(running, /interrupted/);
  await waitFor("the server to notice", () => interrupted);
});

Deno.test("no server, or one that was killed, is nobody to ask", async () => {
  await using folder = await tempFolder();
  assert.equal(await findServer(folder.path), undefined);
  const at = await scene(() => Promise.resolve(0));
  await Deno.copyFile(`${at.folder}/control.json`, `${folder.path}/control.json`);
  await at[Symbol.asyncDispose]();
  assert.equal(await findServer(folder.path), undefined);
  assert.equal(await findServer(at.folder), undefined);
});
