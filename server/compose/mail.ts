import type { ServerName } from "../../core/ids/server_name.ts";
import type { Config } from "../config/config.ts";
import { openMailer } from "../mail/open_mailer.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Sql } from "../postgres/sql.ts";
import type { MailGate } from "../services/accounts/gates.ts";
import { Throttle, throttlePolicies } from "../services/accounts/throttle.ts";
import { MailJobs } from "../services/mail/mail_jobs.ts";
import { prepareMail } from "../services/mail/prepare_mail.ts";
import type { SystemParts } from "./store.ts";

/** The queue of mails and its way out; undefined where no mail server is configured. */
export async function composeMail(
  config: Config,
  system: SystemParts,
  input: {
    readonly sql: Sql;
    readonly serverName: ServerName;
    readonly publicUrl: string;
    readonly metrics: Metrics;
    readonly stack: AsyncDisposableStack;
  },
): Promise<MailGate | undefined> {
  const { sql, serverName, publicUrl, metrics, stack } = input;
  const mailer = await openMailer(config);
  if (mailer === undefined) return undefined;
  const { clock, rng } = system;
  const log = system.log.child({ part: "mail" });
  const throttle = new Throttle({ sql, clock }, throttlePolicies(config.accounts));
  return stack.use(
    new MailJobs({
      sql,
      clock,
      log,
      mailer,
      prepare: (due) => prepareMail({ sql, clock, rng, serverName, publicUrl, throttle }, due),
      count: (outcome, mails) => metrics.mailed(outcome, mails),
    }),
  );
}
