/** Texts of the timeline and the composer. */
export const timeline = {
  edit: "Edit",
  "message.failed": "Your message, not sent",
  "outbox.expired":
    "It has waited for most of a day and may have arrived after all. Look, then try again or delete it.",
  "outbox.full":
    "{n} messages wait to be sent already. This one is back in the box: send it when they have gone.",
  "outbox.away": "Will be sent when connected",
  "outbox.held": "Waits: messages may not come faster here",
  "upload.again": "Send {name} again",
  "upload.cut": "Cut off when the page was closed. Attach the file again.",
  "upload.most": "A message takes at most {n} files.",
  "upload.ready":
    "{n, plural, one {# file is ready to be sent} other {# files are ready to be sent}}",
  "upload.addLimit": "Attach files (up to {limit} each)",
} as const;
