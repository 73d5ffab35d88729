import type { inboxTexts as english } from "./en_inbox.ts";

/** Texts of the inbox: what mentions one, and what one has not read. */
export const inboxTexts: Record<keyof typeof english, string> = {
  "inbox.title": "Posteingang",
  "inbox.waiting": "{n, plural, one {Posteingang, # Erwähnung} other {Posteingang, # Erwähnungen}}",
  "inbox.mentions": "Erwähnungen",
  "inbox.unread": "Ungelesen",
  "inbox.count": "{n, plural, one {# neue} other {# neue}}",
  "inbox.new": "neu",
  "inbox.in": "#{channel} in {guild}",
  "inbox.inThread": "{thread}, ein Thread von {channel}",
  "inbox.noMentions": "Noch hat dich niemand erwähnt",
  "inbox.noMentionsText":
    "Nachrichten mit deinem Namen, einer deiner Rollen oder @everyone und Antworten an dich landen hier, aus allem, was du lesen kannst.",
  "inbox.allRead": "Du hast alles gelesen",
  "inbox.allReadText":
    "Was in deinen Gilden und Unterhaltungen kommt, wartet hier, bis du es gelesen hast.",
  "inbox.more": "Mehr zeigen",
  "inbox.again": "Nochmal versuchen",
  "inbox.failed": "Das ließ sich nicht laden. {reason}",
  "inbox.jump": "Zur Nachricht",
  "inbox.context": "Was drumherum gesagt wurde",
  "inbox.readTo": "Bis hierher als gelesen markieren",
  "inbox.readPlace": "{name} als gelesen markieren",
  "inbox.readAll": "Alles als gelesen markieren",
  "inbox.cleared": "{name} ist als gelesen markiert.",
  "inbox.clearedAll":
    "{n, plural, one {# Ort ist als gelesen markiert.} other {# Orte sind als gelesen markiert.}}",
  "inbox.undo": "Rückgängig",
  "inbox.keys": "Pfeile oder J und K bewegen, Enter springt hin, E markiert als gelesen.",
  "inbox.keysPlain": "Pfeile bewegen, Enter springt hin.",
};
