import type { Command } from "commander";
import { TypedAddress } from "../../../core/api/email.ts";
import { listenAddress, publicUrl, serverName } from "../../config/derived.ts";
import { mailServer } from "../../config/mail_server.ts";
import { openMailer } from "../../mail/open_mailer.ts";
import { MailError } from "../../services/mail/mailer.ts";
import { answer } from "../account_tools.ts";
import type { CliContext } from "../context.ts";
import { CliError, UsageError } from "../io.ts";
import { addConfigOptions, type OptionValues, readConfig } from "../options.ts";

/** `admin mail test`: whether a mail leaves this server. */
export function addAdminMail(admin: Command, context: CliContext): void {
  const mail = admin.command("mail").description("the mail server that this server sends through");
  const test = mail.command("test").description("send a mail that says that mails arrive")
    .argument("<address>", "where to")
    .option("--json", "as JSON");
  addConfigOptions(test, "all").action((address: string, options: OptionValues) =>
    sendTest(address, options, context)
  );
}

/** At once and past the queue: whoever gives the command wants to see what the mail server says. */
async function sendTest(
  typed: string,
  options: OptionValues,
  context: CliContext,
): Promise<void> {
  const address = TypedAddress.safeParse(typed);
  if (!address.success) throw new UsageError(`${JSON.stringify(typed)} is no mail address.`);
  const config = context.parts.live?.config ?? readConfig(options, context.io);
  const server = mailServer(config);
  if (server === undefined) {
    throw new CliError(
      "No mail server is configured: set mail.host (or mail.url) and mail.from, then try again.",
    );
  }
  const { renderMail } = await import("../../../ui/lib/mail/render_mail.tsx");
  const text = renderMail({ kind: "test" }, {
    server: serverName(config),
    publicUrl: publicUrl(config, listenAddress(config).port),
    language: "en",
  });
  try {
    const mailer = await openMailer(config);
    await mailer?.send({ to: address.data, ...text });
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    throw new CliError(`${error.message}. openguild doctor says what to do.`);
  }
  answer(context, options, {
    json: { ok: true, address: address.data },
    text: `The mail server ${server.host}:${server.port} took a mail to ${address.data}. ` +
      "Whether it arrived, look there, in the spam folder too.\n",
  });
}
