import { OperationError } from "../../../core/errors.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import type { Log } from "../../../core/ports/log.ts";
import type { MediaMeter } from "./media_meter.ts";
import type { MediaSettings } from "./media_settings.ts";

export interface ScanFacts {
  /** The file as it arrived, on this machine. */
  readonly path: string;
  readonly size: number;
  readonly type: string;
  readonly name: string;
}

/** Throws `rejected_by_scan`, or `unavailable` where a scan that failed refuses. */
export type ScanUpload = (facts: ScanFacts, signal: AbortSignal) => Promise<void>;

interface ScanDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: MediaMeter;
}

type Verdict = "accepted" | "refused";
type Scan = (facts: ScanFacts, signal: AbortSignal) => Promise<Verdict>;

/**
 * The scan that the settings ask for: a program (the file on its standard input; exit code 0
 * accepts, 1 refuses) or an address (POST of the file; 2xx accepts, 406 refuses). Undefined where
 * none is set; with both, both must accept.
 */
export function makeScan(
  deps: ScanDeps,
  settings: Pick<MediaSettings, "scanCommand" | "scanUrl" | "scanFailure" | "scanTimeout">,
): ScanUpload | undefined {
  const scans: Scan[] = [];
  const { scanCommand, scanUrl } = settings;
  if (scanCommand !== undefined) {
    scans.push((facts, signal) => scanWithCommand(scanCommand, facts, signal));
  }
  if (scanUrl !== undefined) scans.push((facts, signal) => scanWithUrl(scanUrl, facts, signal));
  if (scans.length === 0) return undefined;
  return async (facts, signal) => {
    for (const scan of scans) await judge(deps, settings, { scan, facts, signal });
  };
}

async function judge(
  deps: ScanDeps,
  settings: Pick<MediaSettings, "scanFailure" | "scanTimeout">,
  work: { scan: Scan; facts: ScanFacts; signal: AbortSignal },
): Promise<void> {
  const { facts } = work;
  const limit = new AbortController();
  const over = new AbortController();
  deps.clock.sleep(settings.scanTimeout, over.signal).then(
    () => limit.abort(new Error(`the scan took longer than ${settings.scanTimeout} ms`)),
    () => {}, // the scan was quicker
  );
  let verdict: Verdict;
  try {
    verdict = await work.scan(facts, AbortSignal.any([work.signal, limit.signal]));
  } catch (error) {
    if (work.signal.aborted) throw error;
    deps.meter.add("scan_failures", 1);
    const cause = limit.signal.aborted ? limit.signal.reason : error;
    deps.log.log("error", "An upload could not be scanned.", {
      error: cause,
      type: facts.type,
      size: facts.size,
      outcome: settings.scanFailure,
    });
    if (settings.scanFailure === "accept") return;
    throw new OperationError(
      "unavailable",
      `${JSON.stringify(facts.name)} could not be checked by this server's scanner; ` +
        "try again later, or tell its administrator.",
      { cause },
    );
  } finally {
    over.abort();
  }
  if (verdict === "accepted") return;
  deps.log.log("warn", "The scan refused an upload.", { type: facts.type, size: facts.size });
  throw new OperationError(
    "rejected_by_scan",
    `${JSON.stringify(facts.name)} was refused by this server's scanner.`,
  );
}

/** The setting is a program and its arguments, parted by spaces; no shell reads it. */
async function scanWithCommand(
  commandLine: string,
  facts: ScanFacts,
  signal: AbortSignal,
): Promise<Verdict> {
  const [program = "", ...args] = commandLine.split(/\s+/).filter((part) => part !== "");
  signal.throwIfAborted();
  const child = new Deno.Command(program, {
    args,
    env: { OPENGUILD_SCAN_TYPE: facts.type, OPENGUILD_SCAN_SIZE: String(facts.size) },
    stdin: "piped",
    stdout: "null",
    stderr: "null",
    signal,
  }).spawn();
  const file = await Deno.open(facts.path, { read: true });
  // A scanner may know enough before the end and stop reading: only its exit code counts.
  const fed = file.readable.pipeTo(child.stdin).catch(() => undefined);
  const { code, signal: killedBy } = await child.status;
  await fed;
  signal.throwIfAborted();
  if (code === 0) return "accepted";
  if (code === 1 && killedBy === null) return "refused";
  throw new Error(`the scan program ended with code ${code}${killedBy ? ` (${killedBy})` : ""}`);
}

async function scanWithUrl(
  url: string,
  facts: ScanFacts,
  signal: AbortSignal,
): Promise<Verdict> {
  const file = await Deno.open(facts.path, { read: true });
  const response = await fetch(url, {
    method: "POST",
    body: file.readable,
    headers: { "content-type": facts.type, "x-openguild-size": String(facts.size) },
    redirect: "error",
    signal,
  });
  await response.body?.cancel();
  if (response.ok) return "accepted";
  if (response.status === 406) return "refused";
  throw new Error(`the scan address answered ${response.status}`);
}
