/**
 * Every text of the pages, in English. Keys are grouped by where they are read. A plural has
 * `one` and `other` and is chosen by the value `n`.
 */
export const en = {
  skipToContent: "Skip to content",
  goHome: "Go to the start",
  members: { one: "{n} member", other: "{n} members" },
  cancel: "Cancel",
  save: "Save",
  saved: "Saved.",
  close: "Close",
  delete: "Delete",
  remove: "Remove",
  back: "Back",
  loading: "Loading",

  "presence.online": "Online",
  "presence.idle": "Away",
  "presence.dnd": "Do not disturb",
  "presence.offline": "Offline",
  "presence.invisible": "Invisible",

  "trial.title": "Trial server.",
  "trial.text": "It has no name yet: accounts and guilds made now stay on this machine.",
  "foot.version": "OpenGuild {version}",
  "foot.source": "Source code",
  "foot.abuse": "Report abuse",
  "foot.noAbuse": "No abuse contact was set",

  "front.line": "There is a seat free at the table.",
  "front.host": "Hosted by",
  "front.title": "Welcome to {name}",
  "front.text":
    "A place for your community to talk: guilds with channels, roles and history, on a server that answers to the people who run it.",
  "front.login": "Log in",
  "front.register": "Create an account",
  "front.haveToken": "I have a registration code",
  "front.open": "Anyone may create an account here.",
  "front.closed": "This server takes no new accounts at the moment.",
  "front.invite":
    "New here? You need an invite link from a member of a guild on this server. It opens registration.",
  "front.token": "New here? Ask the people who run this server for a registration code.",
  "front.firstAdmin":
    "Nobody runs this server yet. The one-time link for the first administrator is in the server's log.",

  "plain.title": "This connection cannot sign you in.",
  "plain.why":
    "The page came over plain HTTP, and browsers keep no safe session there: your password would travel readable for everyone on the way.",
  "plain.go": "Open {url} instead.",
  "plain.what":
    "The administrator can turn on TLS (openguild serve --acme NAME) or put the server behind a proxy with HTTPS. On the server's own machine, http://localhost works.",

  "field.userName": "User name",
  "field.userNameHint":
    "2 to 32 letters a–z, digits and . _ - between them. It cannot be changed later.",
  "field.displayName": "Display name (optional)",
  "field.displayNameHint": "What others see. You can change it whenever you like.",
  "field.password": "Password",
  "field.passwordHint":
    "A few unrelated words make a strong one. Pasting from a password manager is welcome.",
  "field.newPassword": "New password",
  "field.currentPassword": "Current password",
  "field.token": "Registration code",

  "login.title": "Log in",
  "login.submit": "Log in",
  "login.new": "New here?",
  "login.forgot":
    "Forgot your password? An administrator of this server can send you a reset link.",
  "login.ended": "Your session has ended. Log in again to go on.",
  "register.title": "Create an account",
  "register.submit": "Create account",
  "register.join": "Create account and join {name}",
  "register.have": "Already have an account?",
  "register.closed": "To create an account here you need an invite link from a member of a guild.",
  "register.badCode":
    "This link opens no registration: it has ended or was used up. Ask for a new one.",
  "setup.title": "First administrator",
  "setup.text": "You are about to make the account that runs {name}. This link works once.",
  "setup.used":
    "This link was used or has ended. While no administrator exists, every start of the server prints a new one.",
  "reset.title": "Set a new password",
  "reset.text": "For {name}. Every device that is signed in now will be signed out.",
  "reset.used": "This link was used or has ended. Ask an administrator for a new one.",
  "reset.submit": "Set password and log in",

  "invite.pageTitle": "Join {name}",
  "invite.by": "{name} invites you to",
  "invite.you": "You are invited to",
  "invite.online": "{n} online",
  "invite.join": "Join {name}",
  "invite.as": "You join as {name}.",
  "invite.register": "Create an account and join",
  "invite.login": "I have an account",
  "invite.endedTitle": "This invite has ended",
  "invite.endedText":
    "It was used up, withdrawn or too old. Ask the one who sent it for a new link.",

  "error.404": "Nothing here",
  "error.404Text": "The page, channel or guild does not exist, or it is not yours to see.",
  "error.500": "That did not work",
  "error.500Text": "The fault is on our side and has been written down. Try again in a moment.",
  "error.refused": "That was refused",
} as const;
