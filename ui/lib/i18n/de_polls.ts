import type { polls as english } from "./en_polls.ts";

/** Texts of polls, in German. */
export const polls: Readonly<Record<keyof typeof english, string>> = {
  "poll.one": "Umfrage",
  "poll.create": "Eine Umfrage stellen",
  "command.poll": "Eine Frage mit Antworten zur Auswahl stellen",
  "poll.encrypted":
    "Wo Nachrichten verschlüsselt sind, gibt es keine Umfragen: Server zählen die Stimmen und müssten sie lesen können.",
  "poll.question": "Frage",
  "poll.options": "Antworten",
  "poll.option": "Antwort {n}",
  "poll.addOption": "Antwort hinzufügen",
  "poll.optionUp": "Antwort {n} nach oben",
  "poll.optionDown": "Antwort {n} nach unten",
  "poll.optionGone": "Antwort {n} entfernen",
  "poll.count": "{n} von {max}",
  "poll.charsLeft": "{n, plural, one {noch # Zeichen} other {noch # Zeichen}}",
  "poll.double": "Zwei Antworten sind gleich.",
  "poll.multiple": "Mehrere Antworten sind möglich",
  "poll.open": "Offen für",
  "poll.noEnd": "bis jemand sie beendet",
  "poll.public":
    "Wer die Umfrage sieht, sieht auch, wer was gewählt hat. Sie lässt sich später nicht ändern.",
  "poll.ask": "Fragen",
  "poll.vote": "Abstimmen",
  "poll.change": "Stimme ändern",
  "poll.takeBack": "Zurücknehmen",
  "poll.leads": "die meisten Stimmen",
  "poll.yours": "Deine",
  "poll.share": "{n} %",
  "poll.votes":
    "{n, plural, =0 {keine Stimmen} one {# Stimme, {share} %} other {# Stimmen, {share} %}}",
  "poll.people":
    "{n, plural, =0 {Noch keine Stimmen} one {# hat abgestimmt} other {# haben abgestimmt}}",
  "poll.ends": "endet {time}",
  "poll.over": "Beendet",
  "poll.end": "Jetzt beenden",
  "poll.endTitle": "Die Umfrage beenden",
  "poll.endText": "Danach kann niemand mehr abstimmen. Das Ergebnis bleibt zu sehen.",
  "poll.who": "Wer abgestimmt hat",
  "poll.nobody": "Das hat niemand gewählt.",
};
