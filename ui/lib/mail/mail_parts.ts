import { t } from "../i18n/t.ts";

/** What a mail is about, with all that its text names. */
export type MailAbout =
  | { readonly kind: "verify_address"; readonly userName: string; readonly url: string }
  | {
    readonly kind: "address_changed";
    readonly userName: string;
    /** The new one, without most of it; null: there is none any more. */
    readonly now: string | null;
  }
  | { readonly kind: "password_changed"; readonly userName: string; readonly url: string }
  | { readonly kind: "reset_password"; readonly links: readonly ResetLink[] }
  | { readonly kind: "test" };

interface ResetLink {
  readonly userName: string;
  readonly url: string;
}

/** A mail's words in the language of the moment. */
export interface MailParts {
  readonly subject: string;
  readonly lines: readonly string[];
  readonly links: readonly { readonly label: string; readonly url: string }[];
  /** Below the links, smaller. */
  readonly notes: readonly string[];
}

/** The words of a mail of `server`. */
export function mailParts(about: MailAbout, server: string): MailParts {
  switch (about.kind) {
    case "verify_address":
      return {
        subject: t("mail.verify.subject", { server }),
        lines: [t("mail.verify.text", { name: about.userName, server })],
        links: [{ label: t("mail.verify.link"), url: about.url }],
        notes: [t("mail.day"), t("mail.notYou")],
      };
    case "address_changed":
      return {
        subject: t("mail.changed.subject", { server }),
        lines: [
          about.now === null
            ? t("mail.changed.none", { name: about.userName, server })
            : t("mail.changed.text", { name: about.userName, server, address: about.now }),
        ],
        links: [],
        notes: [t("mail.changed.notYou")],
      };
    case "password_changed":
      return {
        subject: t("mail.password.subject", { server }),
        lines: [t("mail.password.text", { name: about.userName, server })],
        links: [{ label: t("mail.password.link"), url: about.url }],
        notes: [t("mail.password.notYou")],
      };
    case "reset_password":
      return {
        subject: t("mail.reset.subject", { server }),
        lines: [t("mail.reset.text", { server })],
        links: about.links.map(({ userName, url }) => ({
          label: t("mail.reset.link", { name: userName }),
          url,
        })),
        notes: [t("mail.day"), t("mail.notYou")],
      };
    case "test":
      return {
        subject: t("mail.test.subject", { server }),
        lines: [t("mail.test.text", { server })],
        links: [],
        notes: [],
      };
  }
}
