import { startServer } from "./server/app.ts";
import { run } from "./server/cli/program.ts";
import { systemIo } from "./server/cli/system_io.ts";
import { runPictureWorker } from "./server/services/media/picture/worker.ts";

if (import.meta.main) {
  // A child of the server: it reads untrusted pictures and must not have what the server has.
  if (Deno.args[0] === "picture-worker") await runPictureWorker();
  else Deno.exit(await run(Deno.args, systemIo(), { startServer }));
}
