import type { MailGate } from "../services/accounts/gates.ts";
import type { ChatDeps } from "../services/chat/chat_deps.ts";
import { DigestJobs } from "../services/digests/digest_jobs.ts";
import { waitingFor } from "../services/digests/waiting_for.ts";
import type { SystemParts } from "./store.ts";

/** Mails about what waits; none without a mail server. */
export function composeDigests(
  system: SystemParts,
  input: {
    readonly chat: ChatDeps;
    readonly mail: MailGate | undefined;
    readonly stack: AsyncDisposableStack;
  },
): void {
  const { chat, mail, stack } = input;
  if (mail === undefined) return;
  stack.use(
    new DigestJobs({
      ...system,
      sql: chat.sql,
      log: system.log.child({ part: "digests" }),
      waitingFor: (userId, afterTs) => waitingFor(chat, userId, afterTs),
      wakeMail: () => mail.wake(),
    }),
  );
}
