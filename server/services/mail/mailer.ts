/** A mail with both of its texts. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Beside the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Hands mails to a mail server. */
export interface Mailer {
  /** Resolves once the mail server has taken it. @throws MailError */
  send(mail: Mail): Promise<void>;
  /** Connects, encrypts and signs in, and sends nothing. @throws MailError */
  verify(): Promise<void>;
}

/** The mail server did not take a mail, or cannot be used. */
export class MailError extends Error {
  override readonly name = "MailError";
  /** `refused`: this mail or its recipient, for good; otherwise another try may succeed. */
  readonly kind: "refused" | "login" | "encryption" | "unreachable" | "later";

  constructor(kind: MailError["kind"], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}
