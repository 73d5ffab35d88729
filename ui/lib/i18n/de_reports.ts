import type { reportTexts as english } from "./en_reports.ts";

/** Texts of reported messages, in German. */
export const reportTexts: Record<keyof typeof english, string> = {
  "report.open": "Nachricht melden",
  "report.title": "Diese Nachricht melden",
  "report.why": "Was stimmt damit nicht?",
  "report.reason.harassment": "Belästigung oder Hass",
  "report.reason.threat": "Drohungen, oder jemand ist in Gefahr",
  "report.reason.spam": "Spam oder Betrug",
  "report.reason.illegal": "Verstößt gegen das Gesetz",
  "report.reason.other": "Etwas anderes",
  "report.note": "Was man sonst wissen sollte",
  "report.toWhom":
    "Wer {server} betreibt, sieht deinen Namen, was in der Nachricht steht und was vor einer Bearbeitung darin stand. {name} erfährt davon nichts.",
  "report.sealed":
    "Diese Unterhaltung ist verschlüsselt. Dein Gerät gibt dem Server den Schlüssel dieser einen Nachricht, damit er prüfen kann, dass {name} sie wirklich geschrieben hat. Alles andere bleibt zu; von Dateien werden nur die Namen gezeigt.",
  "report.sealedUnread":
    "Dieses Gerät kann die Nachricht nicht lesen: Die Meldung sagt, wer sie wann geschrieben hat, nicht was darin steht.",
  "report.send": "Melden",
  "report.sent": "Gemeldet. Wer {server} betreibt, sieht es sich an.",
  "report.noEngine":
    "Der Schlüssel dieser Nachricht ließ sich auf diesem Gerät nicht lesen. Nichts wurde gesendet; versuch es noch einmal.",

  "adminReports.title": "Meldungen",
  "adminReports.lead":
    "Nachrichten, die Leute dieses Servers gemeldet haben. Was gesagt wurde, bleibt 30 Tage nach dem Abschluss einer Meldung, die Meldung ein Jahr.",
  "adminReports.show": "Zeigen",
  "adminReports.open": "Offene",
  "adminReports.closed": "Abgeschlossene",
  "adminReports.count": "{n, plural, one {# Meldung ist} other {# Meldungen sind}} offen.",
  "adminReports.none": "Nichts wartet auf dich.",
  "adminReports.noneClosed": "Noch wurde keine Meldung abgeschlossen.",
  "adminReports.by": "Gemeldet von {name}",
  "adminReports.wrote": "{name} schrieb",
  "adminReports.checked": "Geprüft: aus der versiegelten Nachricht selbst geöffnet",
  "adminReports.checkedText":
    "Das Gerät des Meldenden gab den Schlüssel dieser Nachricht. Dieser Server hat damit geöffnet, was {server} unterschrieben hatte: Niemand kann andere Worte hineingelegt haben.",
  "adminReports.held": "Wie dieser Server sie hat",
  "adminReports.unproven": "Versiegelt und ohne Schlüssel: Niemand hier weiß, was darin steht.",
  "adminReports.noWords": "Kein Text.",
  "adminReports.files": "Dateien: {names}",
  "adminReports.earlier": "{n, plural, one {# früherer Wortlaut} other {# frühere Wortlaute}}",
  "adminReports.forgotten": "Was gesagt wurde, wird nicht mehr aufbewahrt.",
  "adminReports.where": "#{channel} in {guild}",
  "adminReports.direct": "in einer Unterhaltung zu zweit",
  "adminReports.group": "in einer Unterhaltung mehrerer",
  "adminReports.gone": "an einem Ort, den es auf diesem Server nicht mehr gibt",
  "adminReports.person": "Konto ansehen",
  "adminReports.note": "Was du getan hast, fürs Protokoll",
  "adminReports.acted": "Erledigt, abschließen",
  "adminReports.dismissed": "Verwerfen",
  "adminReports.outcome.acted": "Gehandelt",
  "adminReports.outcome.dismissed": "Verworfen",
  "adminReports.closedBy": "von {name}, {when}",
  "adminAudit.kind.report": "Meldungen",
};
