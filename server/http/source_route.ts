import type { PlainRoute } from "./app.ts";

/** `GET /source`: this server's own source, as section 13 of its license asks. */
export function sourceRoute(): PlainRoute {
  // Made once: packing all files for every visitor would be an invitation.
  let archive: Promise<Uint8Array> | undefined;
  return {
    method: "GET",
    path: "/source",
    async answer() {
      archive ??= makeArchive();
      const bytes = await archive.catch((error) => {
        archive = undefined;
        throw error;
      });
      return new Response(bytes as Uint8Array<ArrayBuffer>, {
        headers: {
          "content-type": "application/gzip",
          "content-disposition": 'attachment; filename="openguild-source.tar.gz"',
          "content-length": String(bytes.length),
          "cache-control": "public, max-age=3600",
        },
      });
    },
  };
}

/** Loaded with the first question: few ask. */
async function makeArchive(): Promise<Uint8Array> {
  const { readSourceArchive } = await import("../system/source_archive.ts");
  return await readSourceArchive();
}
