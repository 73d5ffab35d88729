import type { guildTexts as english } from "./en_guild.ts";

/** The German of `en_guild.ts`. */
export const guildTexts: Readonly<Record<keyof typeof english, string>> = {
  "find.label": "Einstellung suchen",
  "find.results": "Gefundene Einstellungen",
  "find.none": "Nichts heißt so.",
  "find.count": "{n, plural, one {# Einstellung gefunden} other {# Einstellungen gefunden}}",
  "unsaved.title": "Du hast ungespeicherte Änderungen",
  "unsaved.reset": "Zurücksetzen",
  "unsaved.ask": "Ohne Speichern gehen?",
  "unsaved.askText": "Was du auf dieser Seite geändert hast, ist noch nicht gespeichert.",
  "unsaved.leave": "Gehen",
  "unsaved.stay": "Hier bleiben",

  "gs.groupPeople": "Leute",
  "gs.groupOrder": "Ordnung",
  "gs.danger": "Gefahrenzone",
  "findWords.icon": "Bild Logo",
  "findWords.history": "vergangene Nachrichten Neue",
  "findWords.transfer": "Eigentümer weitergeben übertragen",
  "findWords.destroy": "entfernen beenden schließen",
  "findWords.nickname": "Name Profil",
  "findWords.newRole": "hinzufügen Gruppe",
  "findWords.newChannel": "hinzufügen Kategorie Sprache",
  "findWords.invites": "Link Code Leute beitreten",
  "findWords.rights": "Berechtigungen erlauben verbieten",
};
