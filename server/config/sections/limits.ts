import { defineSection } from "../section.ts";
import { integer } from "../setting.ts";

export const limitsSection = defineSection({
  name: "limits",
  doc: "How much one address or account may ask of the server.",
  settings: {
    addressRequestsPerMinute: integer({
      fallback: "3000",
      min: 1,
      max: 100_000_000,
      doc: "Requests a minute from one address; the whole minute's worth may come at once.",
    }),
    userRequestsPerMinute: integer({
      fallback: "1500",
      min: 1,
      max: 100_000_000,
      doc: "Requests a minute of one account; the whole minute's worth may come at once.",
    }),
    socketsPerUser: integer({
      fallback: "32",
      min: 1,
      max: 10_000,
      doc: "Live connections (WebSocket or event stream) of one account.",
    }),
  },
});
