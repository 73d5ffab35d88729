import { defineSection } from "../section.ts";
import { integer, list, text, yesNo } from "../setting.ts";

export const federationSection = defineSection({
  name: "federation",
  doc: "Which other servers this one speaks with, and how.",
  settings: {
    enabled: yesNo({
      fallback: "true",
      doc: "Speak with other servers. A trial on localhost speaks with test peers alone.",
    }),
    allow: list({
      doc:
        "Only with these servers, where the list is not empty: names such as example.org, and *.example.org for all below it. A name counts at every port.",
    }),
    block: list({
      doc:
        "Never with these servers, written as in `allow`; a blocked server stays blocked if it is allowed too.",
    }),
    testPeers: list({
      doc:
        "Servers at fixed addresses, each name=http://127.0.0.1:8009 or name=https://host:port: for tests on one machine and private networks. Only these may be on private addresses and without TLS.",
    }),
    extraCa: text({
      doc:
        "File with certificates (PEM) of authorities that other servers' certificates may come from, beside those of the machine.",
    }),
    mutualTls: list({
      doc:
        "Servers that prove themselves by certificate too, each name=FILE with the certificate (PEM) that they show, or of the authority that it comes from. Their certificates must be of it in both directions. Needs a certificate of this executable's own, not of a proxy in front.",
    }),
    clientCert: text({
      doc:
        "File with the certificate chain (PEM) that this server shows to the servers of mutual_tls.",
    }),
    clientKey: text({ doc: "File with the private key (PEM) of client_cert." }),
    sendPresence: yesNo({
      fallback: "true",
      doc: "Tell servers that share a room with somebody whether they are there.",
    }),
    sendReadMarkers: yesNo({
      fallback: "true",
      doc: "Tell servers of a channel's readers how far people of this server have read there.",
    }),
    requestsPerMinute: integer({
      fallback: "3000",
      min: 1,
      max: 100_000_000,
      doc:
        "Requests a minute of one other server; the whole minute's worth may come at once. Of a server that shares no room with this one a tenth.",
    }),
  },
});
