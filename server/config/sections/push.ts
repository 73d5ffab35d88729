import { defineSection } from "../section.ts";
import { list, yesNo } from "../setting.ts";

export const pushSection = defineSection({
  name: "push",
  doc:
    "Notifications on devices while no page is open, through the push services of their browsers. Those learn that there is something, and nothing of what it is.",
  settings: {
    enabled: yesNo({
      fallback: "true",
      doc:
        "Whether people may have their devices told. It makes this server ask the push services of browsers' makers.",
    }),
    testServices: list({
      doc:
        "Push services at fixed addresses, such as http://127.0.0.1:8010: for tests on one machine and private networks. Only these may be on private addresses and without TLS.",
    }),
  },
});
