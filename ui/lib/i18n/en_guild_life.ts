/** Bans and memberships with an end; part of the catalogue in `en.ts`. */
export const guildLife = {
  "guild.bannedUntil": "You were banned from {name} until {when}.",
  "banEnd.label": "How long",
  "banEnd.never": "Until it is lifted",
  "banEnd.month": "30 days",
  "banEnd.date": "Until a date …",
  "banEnd.day": "Until the beginning of",
  "banEnd.noDay": "Choose the day on which the ban ends.",
  "ban.until": "until {when}",
  "ban.forGood": "until it is lifted",
  "ban.change": "Change",
  "ban.changeOf": "Change the ban of {name}",
  "ban.changeAct": "Save the ban",
} as const;
