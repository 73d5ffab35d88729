import type { app as english } from "./en_app.ts";

/** Texts of the installed app, in German. */
export const app: Readonly<Record<keyof typeof english, string>> = {
  "offline.title": "Keine Verbindung",
  "offline.nothing":
    "Der Server ist nicht erreichbar, und auf diesem Gerät liegt nichts, das du inzwischen lesen könntest.",
  "offline.otherPage": "Diese Seite kommt vom Server, und der ist gerade nicht erreichbar.",
  "offline.read": "Lesen, was hier liegt",
  "offline.bar":
    "Keine Verbindung. Was hier liegt, kannst du lesen; was du schreibst, geht raus, sobald sie wieder da ist.",
  "offline.notKept": "Liegt nicht auf diesem Gerät",
  "offline.notKeptText":
    "Hier liegen die neuesten Nachrichten von dem, was du zuletzt gelesen hast. Das hier lädt von selbst, sobald die Verbindung wieder da ist.",
  "offline.notKeptMore": "Der Rest liegt nicht hier. Er lädt, sobald die Verbindung wieder da ist.",
  "update.ready": "Eine neue Version ist da.",
  "update.reload": "Neu laden",
  "install.conversations": "Unterhaltungen",
  "install.settings": "Einstellungen",
};
