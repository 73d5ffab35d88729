/** Texts of mails, of the address of an account, and of what happens through them. */
export const mailTexts = {
  "mail.copy": "Or open this address:",
  "mail.day": "The link works once, for 24 hours.",
  "mail.notYou": "If this was not you, do nothing: without the link nothing happens.",
  "mail.verify.subject": "Confirm your address for {server}",
  "mail.verify.text":
    "Somebody, hopefully you, wants to use this address for the account {name} on {server}.",
  "mail.verify.link": "Confirm this address",
  "mail.changed.subject": "The address of your account on {server} has changed",
  "mail.changed.text":
    "The account {name} on {server} uses another address from now on: {address}. This one no longer belongs to it.",
  "mail.changed.none":
    "The account {name} on {server} has no mail address any more. This one no longer belongs to it.",
  "mail.changed.notYou":
    "If this was not you, somebody else is signed in to your account: change its password, sign out every device, and tell the people who run the server.",
  "mail.password.subject": "Your password on {server} was changed",
  "mail.password.text": "The password of the account {name} on {server} was changed just now.",
  "mail.password.link": "Set another password",
  "mail.password.notYou": "If this was you, there is nothing to do.",
  "mail.reset.subject": "Set a new password on {server}",
  "mail.reset.text":
    "Somebody, hopefully you, has forgotten the password of an account with this address on {server}.",
  "mail.reset.link": "Set a new password for {name}",
  "mail.register.text":
    "Somebody, hopefully you, wants an account named {name} on {server}, with this address.",
  "mail.waiting.subject": "Somebody waits to be let in on {server}",
  "mail.waiting.text":
    "New accounts on {server} need an administrator's decision, and somebody waits for yours.",
  "mail.waiting.link": "Look who it is",
  "mail.approved.subject": "Welcome to {server}",
  "mail.approved.text": "Your account {name} on {server} is ready: log in with your password.",
  "mail.approved.link": "Log in",
  "mail.refused.subject": "About your registration on {server}",
  "mail.refused.text": "The administrators of {server} did not let you in as {name}.",
  "mail.refused.reason": "They wrote: {reason}",
  "mail.export.subject": "The copy of your data on {server} is ready",
  "mail.export.text":
    "Everything that {server} holds of your account {name} is in one file now. It is kept for a week.",
  "mail.export.link": "Download it",
  "mail.digest.subject": "Something waits for you on {server}",
  "mail.digest.text":
    "This came for {name} on {server} since the last such mail and has not been read yet.",
  "mail.digest.place": "{n, plural, one {# mention} other {# mentions}} in #{channel}, {guild}",
  "mail.digest.more": "{n, plural, one {# more channel} other {# more channels}} with mentions",
  "mail.digest.hidden":
    "{n, plural, one {Something in # private channel} other {Something in # private channels}}",
  "mail.digest.conversations":
    "{n, plural, one {Something in # conversation} other {Something in # conversations}}",
  "mail.digest.link": "Look at it",
  "mail.digest.daily": "You wanted such a mail every day. Change that here: {url}",
  "mail.digest.weekly": "You wanted such a mail every week. Change that here: {url}",
  "mail.digest.stop": "No more of these mails: {url}",

  "digest.title": "Mails about what waits",
  "digest.text":
    "A mail when something new waits for you: how many mentions where, and that there is something in conversations and private channels. Never what was said, nor by whom.",
  "digest.noAddress": "For that this account needs a confirmed mail address.",
  "digest.address": "Add a mail address",
  "digest.every": "How often",
  "digest.never": "Never",
  "digest.day": "Every day",
  "digest.week": "Every week",
  "digest.weekday": "Day of the week, for a weekly mail",
  "digest.hour": "Time of day",
  "digest.hourHint": "By the clocks of {zone}.",
  "digest.next": "The next one goes to {address} on {when}, if anything is new by then.",
  "digest.stop.title": "No more mails",
  "digest.stop.text": "Shall {name} get no more mails about what waits?",
  "digest.stop.submit": "Yes, no more",
  "digest.stop.done": "There will be no more of these mails. Begin them again in the settings.",
  "digest.stop.over": "These mails have ended already.",
  "mail.test.subject": "A test of mails from {server}",
  "mail.test.text": "Mails from {server} arrive here. Nobody needs to do anything.",

  "email.title": "Mail address",
  "email.lead":
    "With an address of yours you can set a new password when you have forgotten the old one. Nobody but you and those who run this server can see it.",
  "email.none": "This account has no mail address.",
  "email.have": "The address of this account is {address}.",
  "email.since": "Confirmed {when}",
  "email.waits":
    "A mail was sent to {address}. Open the link in it to confirm that the address is yours; until {when} it is good.",
  "email.again": "Send it again",
  "email.stop": "Do not use this address",
  "email.field": "New mail address",
  "email.set": "Send a confirmation",
  "email.remove": "Remove the address",
  "email.removeText":
    "A forgotten password can then be set anew only by the people who run this server.",
  "email.confirm.title": "Confirm your address",
  "email.confirm.text": "Shall {address} belong to the account {name}?",
  "email.confirm.submit": "Yes, it is mine",
  "email.confirm.done": "{address} belongs to the account {name} from now on.",
  "email.confirm.used":
    "This link was used, replaced by a newer one, or is over a day old. Ask for another in the settings of your account.",
  "email.goOn": "Go on",

  "email.register.text":
    "Shall the account {name} be made with the address {address}? Then log in with your password.",
  "email.register.done": "Your account {name} is ready. Log in with the password you chose.",
  "email.register.waits":
    "Thank you. An administrator decides now whether to let you in, {name}, and you get a mail.",

  "register.email": "Mail address",
  "register.emailOptional": "Mail address (optional)",
  "register.emailHint": "To set a new password should you forget it. We send a link there first.",
  "register.why": "Why would you like to join?",
  "register.whyHint": "The administrators of this server read it and decide.",
  "waiting.title": "One more step",
  "waiting.approval": "Your registration is with the administrators of this server.",
  "waiting.approvalMore":
    "They decide whether to let you in, within two weeks or not at all. Log in to see whether they have; who gave a mail address gets a mail.",
  "waiting.email": "A mail is on its way to you. Open the link in it to go on.",
  "waiting.emailMore": "It works for 24 hours. Look into your spam folder, too.",
  "waiting.login": "Log in",
  "admin.waiting": "Registrations",
  "admin.waitingLead": "Who would like an account here and waits for a decision.",
  "admin.waitingOff": "New accounts need no decision at the moment.",
  "admin.waitingNone": "Nobody waits.",
  "admin.waitingCount":
    "{n, plural, one {# person waits to be let in} other {# people wait to be let in}}",
  "admin.approve": "Let in",
  "admin.approveName": "Let in: {name}",
  "admin.refuse": "Refuse",
  "admin.refuseName": "Refuse: {name}",
  "admin.refuseReason": "Reason, which they are told",
  "admin.approval": "Administrators decide on each new account",
  "admin.approvalHint":
    "Who registers writes why and waits. Somebody with a registration code is let in at once.",
  "admin.needEmail": "A new account needs a mail address",
  "admin.needEmailHint": "Which is confirmed by a link before the account is made.",

  "export.title": "Take a copy",
  "export.text":
    "A file with your account, profile, sessions, settings, friends, guilds, everything you have sent, by channel, and what you have uploaded. It takes a while; it is kept for a week, and only you can download it.",
  "export.sealed":
    "Of encrypted conversations it holds what this server has, which nobody can read without your devices. Their readable history is not in it: it is on your devices alone.",
  "export.begin": "Make a copy",
  "export.again": "Make a new copy",
  "export.making": "Your copy is being made: {done} of {total} guilds, conversations and files.",
  "export.starts": "Your copy will be begun in a moment.",
  "export.look": "Look again",
  "export.stop": "Stop it",
  "export.ready": "Your copy of {when} is ready: {size}. It is deleted {until}.",
  "export.leftOut":
    "{n, plural, one {# file was} other {# files were}} left out, because the copy would have become too large.",
  "export.download": "Download",
  "export.delete": "Delete it now",
  "export.failed":
    "Your copy could not be made. Try again, or ask an administrator, who can look into the log.",

  "forgot.title": "Forgotten your password?",
  "forgot.link": "Forgotten your password?",
  "forgot.text":
    "If your account has a mail address, we send it a link to set a new password. Without one, ask an administrator of this server for a link.",
  "forgot.field": "User name or mail address",
  "forgot.submit": "Send me a link",
  "forgot.sent":
    "If there is such an account with a mail address, a mail is on its way. Look into your spam folder, too. The link in it works for 24 hours.",
  "forgot.back": "Back to the login",
} as const;
