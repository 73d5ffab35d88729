import type { BlobStore } from "../../core/ports/blob_store.ts";
import type { AccountDeps } from "../services/accounts/deps.ts";
import type { ExportRouteDeps } from "../http/client/account/export.ts";
import { ExportJobs } from "../services/exports/export_jobs.ts";
import type { MediaDeps } from "../services/media/media_deps.ts";
import type { SystemParts } from "./store.ts";

/** What makes copies of people's own data, and gives them out. */
export function composeExports(
  system: SystemParts,
  input: {
    readonly accounts: Pick<AccountDeps, "sql" | "throttle" | "serverName" | "mail">;
    readonly media: Pick<MediaDeps, "spoolFolder" | "meter">;
    readonly blobs: BlobStore;
    readonly stack: AsyncDisposableStack;
  },
): ExportRouteDeps {
  const { accounts, media, blobs, stack } = input;
  const { sql, throttle, serverName } = accounts;
  const { clock, rng } = system;
  const jobs = stack.use(
    new ExportJobs({
      sql,
      blobs,
      clock,
      rng,
      log: system.log.child({ part: "exports" }),
      serverName,
      spoolFolder: media.spoolFolder,
      wakeMail: () => accounts.mail?.wake(),
    }),
  );
  const { meter } = media;
  return { sql, clock, rng, throttle, blobs, meter, wakeExports: () => jobs.wake() };
}
