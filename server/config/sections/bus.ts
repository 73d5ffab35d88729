import { defineSection } from "../section.ts";
import { list, secret, text } from "../setting.ts";

export const busSection = defineSection({
  name: "bus",
  doc:
    "How several processes of this server speak to each other. They share one outside Postgres; without NATS they speak through it, and messages cross with up to half a second of delay.",
  settings: {
    natsUrl: list({
      env: "NATS_URL",
      doc: "NATS servers, `nats://host:4222`, or `tls://host:4222`.",
    }),
    natsUser: text({ doc: "The user that NATS knows, where it asks for one." }),
    natsPassword: secret({ doc: "That user's password." }),
    natsToken: secret({ doc: "The token, where NATS asks for one instead of a user." }),
  },
});
