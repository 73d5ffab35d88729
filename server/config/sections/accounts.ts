import { defineSection } from "../section.ts";
import { choice, duration, yesNo } from "../setting.ts";

export const accountsSection = defineSection({
  name: "accounts",
  doc: "Who may make an account, and how long a login lasts.",
  settings: {
    registration: choice({
      of: ["invite", "token", "open", "closed"],
      fallback: "invite",
      doc:
        "`invite`: with a guild's invite link or a registration token; `token`: with a token; `open`: anyone; `closed`: administrators make accounts.",
    }),
    inviteLinksOpenRegistration: yesNo({
      fallback: "true",
      doc: "Whether a guild's invite link also lets people register.",
    }),
    accessTokenTtl: duration({ fallback: "15m", doc: "How long an access token is good." }),
    sessionTtl: duration({
      fallback: "90d",
      doc: "A session that is not used for this long ends.",
    }),
  },
});
