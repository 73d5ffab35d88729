import type { forwardTexts as english } from "./en_forward.ts";

/** Texts of messages that are passed on, in German. */
export const forwardTexts: Readonly<Record<keyof typeof english, string>> = {
  "forward.open": "Weiterleiten",
  "forward.mark": "Weitergeleitet",
  "forward.original": "Zum Original",
  "forward.title": "Nachricht weiterleiten",
  "forward.search": "Wohin",
  "forward.searchHint": "Kanäle und Unterhaltungen",
  "forward.none": "Nichts mit diesem Namen, wo du schreiben darfst.",
  "forward.most": "Höchstens {n} Orte auf einmal.",
  "forward.preview": "Das wird gesendet",
  "forward.files": "{n, plural, one {# Datei} other {# Dateien}}",
  "forward.pings":
    "Niemand wird dadurch als erwähnt benachrichtigt. Wer es schrieb, steht nicht dabei.",
  "forward.comment": "Kommentar",
  "forward.send": "{n, plural, =0 {Senden} one {Senden} other {An # senden}}",
  "forward.sending": "Wird gesendet…",
  "forward.sent": "Gesendet",
  "forward.go": "Zu {name}",
  "forward.again": "Noch einmal versuchen",
  "forward.noComment": "Die Nachricht ist gesendet, der Kommentar nicht. {reason}",
  "forward.fileGone": "{name} lässt sich nicht mehr lesen.",
};
