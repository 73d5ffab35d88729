import type { Command } from "commander";

/**
 * The hidden subcommand by which a server starts its own picture worker. The library is loaded
 * here and nowhere else: its memory must end with this process.
 */
export function addPictureWorker(program: Command): void {
  program.command("picture-worker", { hidden: true }).action(async () => {
    const { runPictureWorker } = await import("../../services/media/picture/worker.ts");
    await runPictureWorker();
  });
}
