import type { pushTexts as english } from "./en_push.ts";

/** Texts of notifications while no page is open. */
export const pushTexts: Record<keyof typeof english, string> = {
  "push.new": "Etwas Neues für dich",
  "push.call": "Jemand ruft an",
  "push.missed": "Du hast einen Anruf verpasst",
  "push.title": "Während keine Seite offen ist",
  "push.standing.unknown": "Einen Moment …",
  "push.standing.missing":
    "Diesem Browser kann nichts gemeldet werden, solange keine Seite offen ist, oder die Adresse dieses Servers ist keine sichere.",
  "push.standing.install":
    "Lege auf einem iPhone oder iPad diese Seite zuerst auf den Home-Bildschirm (Teilen, dann „Zum Home-Bildschirm“) und öffne sie von dort.",
  "push.standing.closed": "Dieser Server meldet Geräten nichts, solange keine Seite offen ist.",
  "push.standing.off": "Diesem Gerät wird nichts gemeldet, solange keine Seite offen ist.",
  "push.standing.on":
    "Diesem Gerät wird gemeldet, was kommt. Der Push-Dienst seines Browsers erfährt, dass etwas da ist, nicht was.",
  "push.begin": "Diesem Gerät melden",
  "push.end": "Nicht mehr melden",
  "push.endOf": "{name} nicht mehr melden",
  "push.nowOn": "Diesem Gerät wird von jetzt an gemeldet.",
  "push.nowOff": "Diesem Gerät wird nichts mehr gemeldet.",
  "push.try": "Zur Probe eine senden",
  "push.tried": "Die Probe ist unterwegs.",
  "push.devices": "Geräte, denen gemeldet wird",
  "push.this": "dieses",
  "push.since": "seit {day}, bisher nichts",
  "push.last": "zuletzt {day}",
};
