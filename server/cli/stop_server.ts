import type { Clock } from "../../core/ports/clock.ts";
import type { RunningServer } from "./context.ts";

/**
 * A stop that has not ended by then is cut off: what stops programs gives them a time as well
 * (Docker 10 s) and then ends them without a word. Nothing that was acknowledged needs the rest.
 */
const STOP_MS = 9_000;

/** Ends what runs. Answers what had to be given up, as a sentence; undefined: nothing. */
export async function stopServer(
  running: AsyncDisposable,
  { server, clock }: {
    readonly server: Pick<RunningServer, "unansweredWrites">;
    readonly clock: Clock;
  },
): Promise<string | undefined> {
  const ended = new AbortController();
  const late = clock.sleep(STOP_MS, ended.signal).then(() => true, () => false);
  const isLate = await Promise.race([running[Symbol.asyncDispose]().then(() => false), late]);
  ended.abort();
  const unanswered = server.unansweredWrites();
  if (!isLate && unanswered === 0) return undefined;
  const how = isLate ? `The stop was cut off after ${STOP_MS / 1000} s` : "Stopped";
  const writes = unanswered === 1 ? "1 write" : `${unanswered} writes`;
  return `${how}; the database had not answered ${writes}. Their senders were told nothing: ` +
    "nothing that was acknowledged is lost, and what is sent again is stored once.";
}
