import { AbuseContact } from "../../../core/api/abuse_contact.ts";
import { defineSection } from "../section.ts";
import { checked, pattern, text, webAddress } from "../setting.ts";

/**
 * DNS name in lower case, or a bracketed IPv6 address, with an optional port. PROTOCOL.md 1. Not
 * that of every trial: refused here, before a data folder is made for it.
 */
const SERVER_NAME =
  /^(?!localhost$)(?:(?=.{1,230}(?::|$))(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/;

export const serverSection = defineSection({
  name: "server",
  doc: "Who this server is.",
  settings: {
    name: pattern({
      form: "DNS name",
      pattern: SERVER_NAME,
      message:
        "must be a DNS name in lower case, such as example.org; localhost is that of every trial",
      env: "OPENGUILD_NAME",
      flag: "--name",
      doc:
        "The name in every account and room of this server, for ever. Without it the server is a trial on localhost. `openguild init --name` writes it.",
    }),
    publicUrl: webAddress({
      env: "OPENGUILD_PUBLIC_URL",
      flag: "--public-url",
      doc:
        "The address under which people reach the server; links begin with it. Without it `https://` and the name, or the local address of a trial.",
    }),
    sourceUrl: webAddress({
      doc:
        "Where this server's source can be had, for the link that the license asks for. Set it when you run a changed version.",
    }),
    title: text({ doc: "What the server is called on its pages; without it, its name." }),
    description: text({ doc: "A sentence about the server, for its front page." }),
    abuseContact: checked({
      form: "mail or https address",
      schema: AbuseContact,
      doc: "Where people report abuse: a mail address or an https address, shown in the footer.",
    }),
  },
});
