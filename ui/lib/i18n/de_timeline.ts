import type { timeline as english } from "./en_timeline.ts";

/** Texts of the timeline and the composer, in German. */
export const timeline: Readonly<Record<keyof typeof english, string>> = {
  edit: "Bearbeiten",
  "message.failed": "Deine Nachricht, nicht gesendet",
  "outbox.expired":
    "Sie hat fast einen Tag gewartet und ist vielleicht doch angekommen. Sieh nach, dann versuche es noch einmal oder lösche sie.",
  "outbox.full":
    "{n} Nachrichten warten schon darauf, gesendet zu werden. Diese steht wieder im Feld: Sende sie, wenn die anderen fort sind.",
  "outbox.away": "Wird gesendet, sobald die Verbindung da ist",
  "outbox.held": "Wartet: Hier darf nicht schneller geschrieben werden",
  "upload.again": "{name} noch einmal senden",
  "upload.cut": "Abgebrochen, als die Seite geschlossen wurde. Hänge die Datei noch einmal an.",
  "upload.most": "Eine Nachricht nimmt höchstens {n} Dateien auf.",
  "upload.ready":
    "{n, plural, one {# Datei ist bereit zum Senden} other {# Dateien sind bereit zum Senden}}",
  "upload.addLimit": "Dateien anhängen (je bis {limit})",
};
