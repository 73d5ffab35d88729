if (import.meta.main) {
  // A child of the server: it reads untrusted pictures and must not have what the server has,
  // nor its memory, so each loads its own program alone.
  if (Deno.args[0] === "picture-worker") {
    const { runPictureWorker } = await import("./server/services/media/picture/worker.ts");
    await runPictureWorker();
  } else {
    const [{ startServer }, { run }, { systemIo }] = await Promise.all([
      import("./server/start.ts"),
      import("./server/cli/program.ts"),
      import("./server/cli/system_io.ts"),
    ]);
    Deno.exit(await run(Deno.args, systemIo(), { startServer }));
  }
}
