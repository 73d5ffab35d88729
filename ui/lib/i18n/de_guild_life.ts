import type { guildLife as english } from "./en_guild_life.ts";

/** Banne und Mitgliedschaften mit einem Ende. */
export const guildLife: Readonly<Record<keyof typeof english, string>> = {
  "guild.bannedUntil": "Du wurdest bis {when} aus {name} verbannt.",
  "banEnd.label": "Wie lange",
  "banEnd.never": "Bis er aufgehoben wird",
  "banEnd.month": "30 Tage",
  "banEnd.date": "Bis zu einem Datum …",
  "banEnd.day": "Bis zum Beginn von",
  "banEnd.noDay": "Wähle den Tag, an dem der Bann endet.",
  "ban.until": "bis {when}",
  "ban.forGood": "bis er aufgehoben wird",
  "ban.change": "Ändern",
  "ban.changeOf": "Bann von {name} ändern",
  "ban.changeAct": "Bann speichern",
};
