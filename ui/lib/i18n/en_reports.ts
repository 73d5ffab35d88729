/** Texts of reported messages: the dialog of who reports, and the administrators' page. */
export const reportTexts = {
  "report.open": "Report message",
  "report.title": "Report this message",
  "report.why": "What is wrong with it?",
  "report.reason.harassment": "Harassment or hate",
  "report.reason.threat": "Threats, or somebody in danger",
  "report.reason.spam": "Spam or fraud",
  "report.reason.illegal": "Against the law",
  "report.reason.other": "Something else",
  "report.note": "What else they should know",
  "report.toWhom":
    "Those who run {server} see your name, what the message says and what it said before it was edited. {name} is not told.",
  "report.sealed":
    "This conversation is encrypted. Your device gives the server the key of this one message, so that it can check that {name} really wrote it. Everything else stays closed; of files only the names are shown.",
  "report.sealedUnread":
    "This device cannot read the message: the report tells who wrote it and when, not what it says.",
  "report.send": "Report",
  "report.sent": "Reported. Those who run {server} will look at it.",
  "report.noEngine":
    "The key of this message could not be read on this device. Nothing was sent; try again.",

  "adminReports.title": "Reports",
  "adminReports.lead":
    "Messages that people of this server reported. What was said is kept for 30 days after a report is closed, the report for a year.",
  "adminReports.show": "Show",
  "adminReports.open": "Open",
  "adminReports.closed": "Closed",
  "adminReports.count": "{n, plural, one {# report is} other {# reports are}} open.",
  "adminReports.none": "Nothing is waiting for you.",
  "adminReports.noneClosed": "No report has been closed yet.",
  "adminReports.by": "Reported by {name}",
  "adminReports.wrote": "{name} wrote",
  "adminReports.checked": "Checked: opened from the sealed message itself",
  "adminReports.checkedText":
    "The reporter's device gave the key of this message. This server opened with it what {server} had signed: nobody can have put other words into it.",
  "adminReports.held": "As this server holds it",
  "adminReports.unproven": "Sealed, and without its key: nobody here knows what it says.",
  "adminReports.noWords": "No text.",
  "adminReports.files": "Files: {names}",
  "adminReports.earlier": "{n, plural, one {# earlier wording} other {# earlier wordings}}",
  "adminReports.forgotten": "What was said is no longer kept.",
  "adminReports.where": "Room {room}",
  "adminReports.person": "Look at the account",
  "adminReports.note": "What you did, for the audit",
  "adminReports.acted": "Done, close",
  "adminReports.dismissed": "Dismiss",
  "adminReports.outcome.acted": "Acted on",
  "adminReports.outcome.dismissed": "Dismissed",
  "adminReports.closedBy": "by {name}, {when}",
  "adminAudit.kind.report": "Reports",
} as const;
