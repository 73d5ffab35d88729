import type { searchTexts as english } from "./en_search.ts";

export const searchTexts: Record<keyof typeof english, string> = {
  "search.title": "Nachrichten suchen",
  "search.button": "Suchen",
  "search.close": "Suche schließen",
  "search.label": "Gesuchte Wörter",
  "search.placeholder": "Wörter oder from: in: has:",
  "search.where": "Wo gesucht wird",
  "search.here": "Dieser Kanal",
  "search.all": "Ganze Gilde",
  "search.filters": "Filter",
  "search.remove": "{filter} entfernen",
  "search.me": "ich",
  "search.sealedChannel": "Verschlüsselt: wird auf diesem Gerät durchsucht",
  "search.filter.from": "wer es geschrieben hat",
  "search.filter.in": "ein Kanal",
  "search.filter.has": "eine Datei, ein Link …",
  "search.filter.before": "älter als ein Tag, Monat oder Jahr",
  "search.filter.after": "neuer als ein Tag, Monat oder Jahr",
  "search.filter.during": "an einem Tag, in einem Monat oder Jahr",
  "search.filter.mentions": "wer erwähnt ist",
  "search.has.file": "irgendeine Datei",
  "search.has.image": "ein Bild",
  "search.has.video": "ein Video",
  "search.has.audio": "eine Tonaufnahme",
  "search.has.link": "ein Link",
  "search.has.poll": "eine Umfrage",
  "search.day.today": "heute",
  "search.day.yesterday": "gestern",
  "search.day.month": "in diesem Monat",
  "search.day.year": "in diesem Jahr",
  "search.begin":
    'Der Anfang eines Worts genügt. "Zwei Wörter" in Anführungszeichen werden gefunden, wie sie dastehen.',
  "search.recent": "Zuletzt gesucht",
  "search.again": "zuletzt gesucht",
  "search.forget": "Diese vergessen",
  "search.results": "Gefundene Nachrichten",
  "search.looking": "Wird gesucht …",
  "search.found": "{n, plural, one {#{more} Nachricht} other {#{more} Nachrichten}} gefunden",
  "search.none": "Nichts gefunden",
  "search.unknown.channel": "Kein Kanal hier heißt „{name}“.",
  "search.unknown.person": "Hier heißt niemand „{name}“.",
  "search.unknown.near": "Meinst du:",
  "search.noneText":
    "Versuche weniger Wörter, nur den Anfang eines Worts, oder nimm einen Filter weg.",
  "search.more": "Mehr zeigen",
  "search.reading":
    "Ältere verschlüsselte Nachrichten werden auf diesem Gerät durchgesehen: bisher {n} …",
  "search.ready":
    "{n, plural, one {# verschlüsselte Nachricht wird} other {# verschlüsselte Nachrichten werden}} auf diesem Gerät durchsucht. Kein Server ist daran beteiligt.",
  "search.deviceFault":
    "{n, plural, one {Was hier verschlüsselt ist, lässt} other {# verschlüsselte Kanäle lassen}} sich in diesem Browser nicht durchsuchen: {reason}",
  "search.deviceWords":
    "Verschlüsselte Nachrichten werden nur über Wörter gefunden, dazu mit from:, before: und after:.",
  "search.left":
    "{n, plural, one {# weiterer verschlüsselter Kanal wird} other {# weitere verschlüsselte Kanäle werden}} nicht durchgesehen: Öffne einen, um ihn zu durchsuchen.",
  "search.indexing":
    "Ältere Nachrichten werden noch in die Suche aufgenommen: Eine Weile lang können welche fehlen.",
  "search.problem.many": "Suche nach höchstens {n} Wörtern und Filtern auf einmal.",
  "search.problem.empty": "Schreibe, was {filter}: sein soll, ohne Leerzeichen danach.",
  "search.problem.has":
    "has:{value} ist nicht bekannt. Es gibt has: mit einem von diesen: {known}.",
  "search.problem.date":
    "{filter}:{value} ist kein Datum. Schreibe eines wie 2026-03-28, 2026-03 oder 2026.",
  "search.pageText":
    "Filter: from: und mentions: mit einem Namen, in: mit einem Kanal, has: mit file, image, video, audio, link oder poll, before: after: und during: mit einem Tag, Monat oder Jahr.",
  "search.pageSealed":
    "Diese Unterhaltung ist verschlüsselt. Nur deine Geräte können sie durchsuchen, und dafür braucht die Seite Skripte.",
  "search.pageBack": "Zurück zu den Nachrichten",
  "discover.title": "Gilden dieses Servers",
  "discover.lead": "Diese Gilden von {server} wollen von allen hier gefunden werden.",
  "discover.none": "Noch steht hier keine Gilde",
  "discover.noneText":
    "Wer eine Gilde verwaltet, stellt sie in ihren Einstellungen unter Überblick hierher. Anderen tritt man über einen Link bei.",
  "discover.open": "Öffnen",
  "discover.openName": "Öffnen: {name}",
  "discover.look": "Ansehen",
  "discover.lookName": "Ansehen: {name}",
  "discover.listed": "Verzeichnis dieses Servers",
  "discover.listedText":
    "Solange sie darin steht, sehen alle mit einem Konto hier unter Gilden dieses Servers ihren Namen, ihr Bild und ihre Beschreibung und können ihr beitreten, über einen eigenen Link, der endet, wenn du sie herausnimmst.",
  "discover.list": "Hineinstellen",
  "discover.unlist": "Herausnehmen",
};
