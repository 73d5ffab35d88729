import { defineSection } from "../section.ts";
import { choice, secret } from "../setting.ts";

export const metricsSection = defineSection({
  name: "metrics",
  doc: "Prometheus figures under `/metrics`.",
  settings: {
    access: choice({
      of: ["admin", "token", "public", "off"],
      fallback: "admin",
      doc: "Who may read them: administrators, who has the token, anyone, no one.",
    }),
    token: secret({ doc: "The bearer token that a Prometheus server sends." }),
  },
});
