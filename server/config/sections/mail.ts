import { defineSection } from "../section.ts";
import { choice, integer, secret, text } from "../setting.ts";

export const mailSection = defineSection({
  name: "mail",
  doc:
    "The mail server that this server sends through. Without one no mail is sent, and nothing about addresses is shown.",
  settings: {
    url: secret({
      doc:
        "All of it in one: `smtp://user:password@host:587`, or `smtps://` for TLS from the first byte. In place of `host` to `password`.",
    }),
    host: text({ doc: "The mail server's name or IP address." }),
    port: integer({
      fallback: "0",
      min: 0,
      max: 65_535,
      doc: "Its port; 0: 465 where `tls` is `tls`, otherwise 587.",
    }),
    user: text({ doc: "The user name to sign in with; none: without signing in." }),
    password: secret({ doc: "Its password." }),
    from: text({
      doc: "Whom mails are from: `chat@example.org` or `Example chat <chat@example.org>`.",
    }),
    tls: choice({
      of: ["auto", "starttls", "tls", "none"],
      fallback: "auto",
      doc:
        "`starttls`: nothing is said before the connection is encrypted; `tls`: encrypted from the first byte; `none`: not encrypted, for a mail server on the same machine; `auto`: `tls` on port 465 and for `smtps://`, otherwise `starttls`.",
    }),
    ca: text({
      doc:
        "A PEM file of further authorities that may vouch for the mail server's certificate; relative to the data folder.",
    }),
  },
});
