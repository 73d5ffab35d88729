import type { groupTexts as english } from "./en_group.ts";

/** Texts of conversations of several; part of the catalogue in `de.ts`. */
export const groupTexts: Readonly<Record<keyof typeof english, string>> = {
  "group.alone": "Nur du",
  "group.andMore": "{n, plural, one {{names} und # weitere Person} other {{names} und # weitere}}",
  "group.people": "{n, plural, one {# Person} other {# Leute}}",
  "group.beginText": "Hier beginnt eure Unterhaltung. Wer später dazukommt, liest ab dann mit.",
  "group.choose": "Wähle eine Person, oder mehrere für eine Gruppe.",
  "group.chosen": "Ausgewählt",
  "group.drop": "{name} wieder herausnehmen",
  "group.begin": "Gruppe mit {n} Leuten beginnen",
  "group.nameOptional": "Name der Gruppe (wenn du magst)",
  "group.full": "In eine Unterhaltung passen höchstens {n} Leute.",
  "group.add": "Leute dazuholen",
  "group.addWhom": "Wen?",
  "group.addText": "Sie lesen ab dann mit. Wer dich nicht kennt, wird erst gefragt.",
  "group.addAct": "{n, plural, =0 {Dazuholen} one {# Person dazuholen} other {# Leute dazuholen}}",
  "group.look": "Name und Bild",
  "group.name": "Name",
  "group.nameHint": "Ohne Namen heißt sie nach ihren Leuten.",
  "group.picture": "Bild",
  "group.pictureOff": "Bild entfernen",
  "group.leave": "Unterhaltung verlassen",
  "group.leaveTitle": "{name} verlassen?",
  "group.leaveText":
    "Du bekommst nichts mehr davon. Was du geschrieben hast, bleibt bei den anderen, und alle dort können dich wieder dazuholen.",
  "group.leaveHeir": "Sie gehört dir: Danach gehört sie {name}, am längsten dabei.",
  "group.leaveLast": "Außer dir ist niemand mehr hier. Gehst du, kommt niemand mehr hinein.",
  "group.removed": "Du bist nicht mehr in der Unterhaltung {name}.",
  "group.remove": "Aus der Unterhaltung nehmen",
  "group.removeTitle": "{name} herausnehmen?",
  "group.removeText":
    "Es kommt dort nichts mehr an. Geschriebenes bleibt, und alle hier können die Person wieder dazuholen.",
  "group.withdraw": "Einladung zurückziehen",
  "group.handOver": "Die Unterhaltung übergeben",
  "group.handOverTitle": "Die Unterhaltung an {name} übergeben?",
  "group.handOverText":
    "Nur wem sie gehört, kann Leute herausnehmen und Verschlüsselung einschalten. Du bleibst dabei.",
  "group.options": "Was du mit {name} tun kannst",
  "group.title": "Leute",
  "group.sealedText":
    "Ab dann können nur noch die Geräte der Leute hier lesen, was geschrieben wird; kein Server unterwegs kann es. Wer später dazukommt, liest ab dann mit. Das lässt sich nicht rückgängig machen.",
  "group.without":
    "{n, plural, one {{names} hat noch kein Gerät dafür und liest mit, sobald eines da ist.} other {{names} haben noch kein Gerät dafür und lesen mit, sobald eines da ist.}}",
  "group.noDevice": "Sonst hat hier niemand OpenGuild geöffnet, seit es Verschlüsselung gibt.",
  "group.notYours": "Nur wem diese Unterhaltung gehört, kann Verschlüsselung einschalten.",
  "group.looking": "Die Geräte der Leute hier werden gesucht…",
};
