/** Texts of the inbox: what mentions one, and what one has not read. */
export const inboxTexts = {
  "inbox.title": "Inbox",
  "inbox.waiting": "{n, plural, one {Inbox, # mention} other {Inbox, # mentions}}",
  "inbox.mentions": "Mentions",
  "inbox.unread": "Unread",
  "inbox.count": "{n, plural, one {# new} other {# new}}",
  "inbox.new": "new",
  "inbox.in": "#{channel} in {guild}",
  "inbox.noMentions": "Nobody mentioned you yet",
  "inbox.noMentionsText":
    "Messages with your name, one of your roles or @everyone, and answers to you come here, from every place you can read.",
  "inbox.allRead": "You have read everything",
  "inbox.allReadText": "What comes in your guilds and conversations waits here until you read it.",
  "inbox.more": "Show more",
  "inbox.again": "Try again",
  "inbox.failed": "That could not be loaded. {reason}",
  "inbox.jump": "Go to the message",
  "inbox.context": "What was said around it",
  "inbox.readTo": "Mark as read up to here",
  "inbox.readPlace": "Mark {name} as read",
  "inbox.readAll": "Mark all as read",
  "inbox.cleared": "{name} is marked as read.",
  "inbox.clearedAll":
    "{n, plural, one {# place is marked as read.} other {# places are marked as read.}}",
  "inbox.undo": "Undo",
  "inbox.keys": "Arrows or J and K move, Enter goes there, E marks as read.",
  "inbox.keysPlain": "Arrows move, Enter goes there.",
} as const;
