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
  | { readonly kind: "verify_registration"; readonly userName: string; readonly url: string }
  | { readonly kind: "registration_waiting"; readonly url: string }
  | { readonly kind: "registration_approved"; readonly userName: string; readonly url: string }
  | {
    readonly kind: "registration_refused";
    readonly userName: string;
    readonly reason: string | null;
  }
  | { readonly kind: "export_ready"; readonly userName: string; readonly url: string }
  | {
    readonly kind: "digest";
    readonly userName: string;
    readonly every: "day" | "week";
    readonly waiting: WaitingFor;
    readonly url: string;
    readonly settingsUrl: string;
    /** Ends these mails. */
    readonly stopUrl: string;
  }
  | { readonly kind: "test" };

/** A channel with mentions that wait. */
export interface WaitingPlace {
  readonly guild: string;
  readonly channel: string;
  readonly mentions: number;
  readonly url: string;
}

/** What waits for somebody. It says nothing of what was said, nor of who did. */
export interface WaitingFor {
  readonly places: readonly WaitingPlace[];
  /** Further such places. */
  readonly more: number;
  /** Conversations, and private or encrypted channels, in which something waits. */
  readonly conversations: number;
  readonly hidden: number;
}

interface ResetLink {
  readonly userName: string;
  readonly url: string;
}

/** A mail's words in the language of the moment. */
export interface MailParts {
  readonly subject: string;
  readonly lines: readonly string[];
  /** A list between the two, each with where it leads. */
  readonly rows?: readonly { readonly text: string; readonly url: string }[];
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
    case "verify_registration":
    case "registration_waiting":
    case "registration_approved":
    case "registration_refused":
      return registrationParts(about, server);
    case "export_ready":
      return {
        subject: t("mail.export.subject", { server }),
        lines: [t("mail.export.text", { name: about.userName, server })],
        links: [{ label: t("mail.export.link"), url: about.url }],
        notes: [],
      };
    case "digest":
      return digestParts(about, server);
    case "test":
      return {
        subject: t("mail.test.subject", { server }),
        lines: [t("mail.test.text", { server })],
        links: [],
        notes: [],
      };
  }
}

function registrationParts(
  about: Extract<MailAbout, { kind: `${string}registration${string}` }>,
  server: string,
): MailParts {
  switch (about.kind) {
    case "verify_registration":
      return {
        subject: t("mail.verify.subject", { server }),
        lines: [t("mail.register.text", { name: about.userName, server })],
        links: [{ label: t("mail.verify.link"), url: about.url }],
        notes: [t("mail.day"), t("mail.notYou")],
      };
    case "registration_waiting":
      return {
        subject: t("mail.waiting.subject", { server }),
        lines: [t("mail.waiting.text", { server })],
        links: [{ label: t("mail.waiting.link"), url: about.url }],
        notes: [],
      };
    case "registration_approved":
      return {
        subject: t("mail.approved.subject", { server }),
        lines: [t("mail.approved.text", { name: about.userName, server })],
        links: [{ label: t("mail.approved.link"), url: about.url }],
        notes: [],
      };
    case "registration_refused":
      return {
        subject: t("mail.refused.subject", { server }),
        lines: [
          t("mail.refused.text", { name: about.userName, server }),
          ...(about.reason === null ? [] : [t("mail.refused.reason", { reason: about.reason })]),
        ],
        links: [],
        notes: [],
      };
  }
}

function digestParts(about: Extract<MailAbout, { kind: "digest" }>, server: string): MailParts {
  const { waiting: { places, more, conversations, hidden }, url } = about;
  return {
    subject: t("mail.digest.subject", { server }),
    lines: [t("mail.digest.text", { name: about.userName, server })],
    rows: [
      ...places.map(({ guild, channel, mentions, url }) => ({
        text: t("mail.digest.place", { guild, channel, n: mentions }),
        url,
      })),
      ...(more === 0 ? [] : [{ text: t("mail.digest.more", { n: more }), url }]),
      ...(hidden === 0 ? [] : [{ text: t("mail.digest.hidden", { n: hidden }), url }]),
      ...(conversations === 0
        ? []
        : [{ text: t("mail.digest.conversations", { n: conversations }), url }]),
    ],
    links: [{ label: t("mail.digest.link"), url }],
    notes: [
      t(about.every === "day" ? "mail.digest.daily" : "mail.digest.weekly", {
        url: about.settingsUrl,
      }),
      t("mail.digest.stop", { url: about.stopUrl }),
    ],
  };
}
