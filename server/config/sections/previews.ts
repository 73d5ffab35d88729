import { defineSection } from "../section.ts";
import { duration, list, yesNo } from "../setting.ts";

export const previewsSection = defineSection({
  name: "previews",
  doc:
    "Previews of links in messages. This server asks the page and its picture itself, so that pages learn its address and never a reader's.",
  settings: {
    enabled: yesNo({
      fallback: "true",
      doc: "Whether links get previews. Those that were found before are shown until they go.",
    }),
    kept: duration({
      fallback: "30d",
      doc: "How long a preview is kept after the last message that brought its link.",
    }),
    deniedHosts: list({
      doc: "Hosts that are never asked, such as example.org, with all that are below them.",
    }),
    testOrigins: list({
      doc:
        "Origins such as http://127.0.0.1:8010 that may be on private addresses, on any port and without TLS: for tests on one machine.",
    }),
  },
});
