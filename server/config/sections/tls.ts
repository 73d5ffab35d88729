import { defineSection } from "../section.ts";
import { integer, list, text, webAddress } from "../setting.ts";

export const tlsSection = defineSection({
  name: "tls",
  doc: "HTTPS in the executable, with your certificate or one that it fetches itself.",
  settings: {
    cert: text({
      flag: "--tls-cert",
      doc: "File with the certificate chain (PEM). It is read again when it changes.",
    }),
    key: text({ flag: "--tls-key", doc: "File with the certificate's private key (PEM)." }),
    acme: list({
      flag: "--acme",
      doc:
        "Names to fetch a certificate for from an ACME authority; port 80 must reach this server.",
    }),
    acmeDirectory: webAddress({
      doc: "The authority's directory. Without it Let's Encrypt.",
    }),
    acmeCa: text({
      doc: "File with the certificate (PEM) of a private authority, where its address needs one.",
    }),
    acmeEmail: text({ doc: "Where the authority writes when a certificate is about to end." }),
    redirectPort: integer({
      fallback: "80",
      min: 0,
      max: 65_535,
      doc:
        "With a certificate the server also listens here, answers the authority and sends browsers to HTTPS. 0 switches it off.",
    }),
  },
});
