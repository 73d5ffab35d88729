import { defineSection } from "../section.ts";
import { choice, duration, integer, yesNo } from "../setting.ts";

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
    approval: yesNo({
      fallback: "false",
      doc:
        "Whether administrators decide on each new account. Somebody with a registration token is not asked.",
    }),
    requireEmail: yesNo({
      fallback: "false",
      doc:
        "Whether a new account needs a mail address that was confirmed; that takes a mail server.",
    }),
    accessTokenTtl: duration({ fallback: "15m", doc: "How long an access token is good." }),
    sessionTtl: duration({
      fallback: "90d",
      doc: "A session that is not used for this long ends.",
    }),
    signUpsPerHour: integer({
      fallback: "10",
      min: 0,
      max: 1_000_000,
      doc: "Accounts that may be made from one address; 0: no limit.",
    }),
    guildSignUpsPerHour: integer({
      fallback: "60",
      min: 0,
      max: 1_000_000,
      doc: "Accounts that may be made through the links of one guild; 0: no limit.",
    }),
    loginsPerMinute: integer({
      fallback: "6",
      min: 0,
      max: 1_000_000,
      doc:
        "Passwords that may be tried from one address, after a first burst of five times as many; one account's are fewer. 0: no limit.",
    }),
    joinsPerMinute: integer({
      fallback: "12",
      min: 0,
      max: 1_000_000,
      doc:
        "Members that may join one guild, after a first burst of ten times as many; 0: no limit.",
    }),
  },
});
