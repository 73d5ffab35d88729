import type { people as english } from "./en_people.ts";

/** Friends, requests and blocks; asking to be let in; a guild that goes on elsewhere. German. */
export const people: Readonly<Record<keyof typeof english, string>> = {
  "friend.title": "Freunde",
  "friend.friends": "Freunde",
  "friend.asks": "Sie fragen dich",
  "friend.asked": "Du hast gefragt",
  "friend.blocked": "Blockiert",
  "friend.none": "Noch niemand. Frag jemanden über den Namen, hier oder auf einem anderen Server.",
  "friend.whom": "Mit wem möchtest du befreundet sein?",
  "friend.send": "Fragen",
  "friend.sent": "{name} wurde gefragt und bleibt bis zur Antwort auf deiner Liste.",
  "friend.add": "Als Freund hinzufügen",
  "friend.accept": "Annehmen",
  "friend.acceptOf": "Anfrage von {name} annehmen",
  "friend.messageOf": "{name} schreiben",
  "friend.end.friend": "Entfernen",
  "friend.end.asked": "Zurücknehmen",
  "friend.end.asks": "Ablehnen",
  "friend.stop.friend": "Freundschaft beenden",
  "friend.stop.asked": "Anfrage zurücknehmen",
  "friend.stop.asks": "Anfrage ablehnen",
  "friend.endOf": "{act}: {name}",
  "friend.block": "Blockieren",
  "friend.unblock": "Nicht mehr blockieren",
  "friend.unblockOf": "{name} nicht mehr blockieren",
  "friend.done.accept": "Du und {name} seid befreundet.",
  "friend.done.remove": "{name} steht nicht mehr auf deiner Freundesliste.",
  "friend.done.block": "{name} ist blockiert.",
  "friend.done.unblock": "{name} ist nicht mehr blockiert.",
  "friend.blockedText":
    "Du hast diese Person blockiert: Ihre Nachrichten, Anfragen und Einladungen siehst du nicht. Sie erfährt nichts davon.",
  "friend.askingCount": "{n, plural, one {# Anfrage} other {# Anfragen}}",
  "friend.from": "Wer dich fragen darf",
  "friend.from.everyone": "Alle",
  "friend.from.shared": "Leute aus gemeinsamen Gilden",
  "friend.from.nobody": "Niemand",
  "friend.fromText": "Für andere sieht es aus, als hättest du noch nicht geantwortet.",
  "friend.hiddenMessage": "Eine Nachricht von jemandem, den du blockiert hast",
  "friend.hiddenMessages":
    "{n, plural, one {# Nachricht von jemandem, den du blockiert hast} other {# Nachrichten von Leuten, die du blockiert hast}}",
  "friend.showMessage": "Zeigen",

  "knock.title": "Beitrittsanfragen",
  "knock.lead":
    "Leute, die gern hereinkommen möchten. Wer angenommen wird, bekommt eine Einladung und kommt damit herein.",
  "knock.none": "Niemand fragt gerade.",
  "knock.allow": "Leute ohne Einladung dürfen um Einlass bitten",
  "knock.allowHint":
    "Wer die Adresse unten hat, kann fragen. Von der Gilde ist nichts zu sehen, bevor jemand eingelassen wurde.",
  "knock.address": "Adresse zum Fragen",
  "knock.addressHint": "Leute anderer Server öffnen {path} auf ihrem eigenen Server.",
  "knock.since": "hat gefragt: {when}",
  "knock.accept": "Einlassen",
  "knock.acceptOf": "{name} einlassen",
  "knock.decline": "Ablehnen",
  "knock.declineOf": "Anfrage von {name} ablehnen",
  "knock.waiting": "{n, plural, one {# Beitrittsanfrage} other {# Beitrittsanfragen}}",

  "ask.title": "Um Einlass bitten",
  "ask.text":
    "Bei dieser Gilde darf man fragen. Wer sich um sie kümmert, sieht deinen Namen und entscheidet. Name und Mitglieder siehst du, sobald du drin bist.",
  "ask.at": "Die Gilde ist auf {server}.",
  "ask.as": "Du fragst als {name}.",
  "ask.send": "Um Einlass bitten",
  "ask.sent": "Du hast gefragt.",
  "ask.sentText":
    "Lässt dich jemand ein, erscheint die Einladung auf deiner Startseite. Du kannst diese Seite schließen.",
  "ask.home": "Zur Startseite",

  "move.nav": "Umziehen",
  "move.title": "In einem neuen Raum weitermachen",
  "move.lead":
    "Legt die Gilde neu an, mit dir als Eigentümer, und nimmt alle mit. Gedacht für den Fall, dass jemand von früher oder ein Server die alte dauerhaft stört.",
  "move.goes":
    "Es ziehen mit: Name, Bild, Beschreibung, Rollen, Kanäle und ihre Rechte, Emoji, Begrüßung, Banne, Einladungslinks und Vorlagen. Die Mitglieder aller Server folgen von selbst und behalten ihre Rollen.",
  "move.stays":
    "Es bleiben zurück: Nachrichten und Dateien, die im alten Raum nur noch gelesen werden können; Webhooks, Auszeiten, und wie Mitglieder nur hier heißen und aussehen.",
  "move.private":
    "{n, plural, =0 {Private Kanäle, in denen du nicht bist, bleiben beim alten Raum; du bist in keinem.} one {Dieser private Kanal wird neu angelegt, leer und mit dir als Eigentümer, und seine Mitglieder werden eingeladen; andere bleiben beim alten Raum:} other {Diese privaten Kanäle werden neu angelegt, leer und mit dir als Eigentümer, und ihre Mitglieder werden eingeladen; andere bleiben beim alten Raum:}}",
  "move.final": "Das lässt sich nicht rückgängig machen.",
  "move.type": "Gib zur Bestätigung {name} ein",
  "move.wrong": "Der Name der Gilde wurde anders eingegeben.",
  "move.submit": "In einem neuen Raum weitermachen",
  "move.moved": "{name} macht in einem neuen Raum weiter. Du bist schon drin.",
  "move.line": "Diese Gilde macht in einem neuen Raum weiter.",
  "rival.line":
    "{by} hat versucht, diese Gilde an {to} zu übergeben, obwohl sie schon übergeben war.",
  "rival.text":
    "Das kann nur, wem sie früher gehörte, oder dessen Server. Sieh nach, wem die Gilde jetzt gehört; hört es nicht auf, mach in einem neuen Raum weiter.",
  "rival.audit": "Protokoll",
  "move.wait":
    "Dein Server bringt dich hinüber, das kann eine Minute dauern. Hier kann nichts mehr geschrieben werden.",
  "move.open": "Hingehen",
};
