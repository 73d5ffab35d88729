/** Friends, requests and blocks; asking to be let in; a guild that goes on elsewhere. */
export const people = {
  "friend.title": "Friends",
  "friend.friends": "Friends",
  "friend.asks": "They ask you",
  "friend.asked": "You have asked",
  "friend.blocked": "Blocked",
  "friend.none": "Nobody here yet. Ask somebody by their name, on this server or another.",
  "friend.whom": "Whom would you like as a friend?",
  "friend.send": "Ask",
  "friend.sent": "Asked {name}. They are on your list until they answer.",
  "friend.add": "Add friend",
  "friend.accept": "Accept",
  "friend.acceptOf": "Accept the request of {name}",
  "friend.messageOf": "Write to {name}",
  "friend.end.friend": "Remove",
  "friend.end.asked": "Take back",
  "friend.end.asks": "Decline",
  "friend.stop.friend": "Remove friend",
  "friend.stop.asked": "Take request back",
  "friend.stop.asks": "Decline request",
  "friend.endOf": "{act}: {name}",
  "friend.block": "Block",
  "friend.unblock": "Unblock",
  "friend.unblockOf": "Unblock {name}",
  "friend.done.accept": "You and {name} are friends.",
  "friend.done.remove": "{name} is off your list of friends.",
  "friend.done.block": "{name} is blocked.",
  "friend.done.unblock": "{name} is not blocked any more.",
  "friend.blockedText":
    "You have blocked them: their messages, requests and invitations are not shown to you. They are not told.",
  "friend.askingCount": "{n, plural, one {# request} other {# requests}}",
  "friend.from": "Who may ask you",
  "friend.from.everyone": "Everyone",
  "friend.from.shared": "People of guilds you share",
  "friend.from.nobody": "Nobody",
  "friend.fromText": "To others it looks as if you had not answered yet.",
  "friend.hiddenMessage": "A message of somebody you have blocked",
  "friend.hiddenMessages":
    "{n, plural, one {# message of somebody you have blocked} other {# messages of people you have blocked}}",
  "friend.showMessage": "Show",

  "knock.title": "Requests to join",
  "knock.lead":
    "People who would like to come in. Accepting invites them; they come in when they take the invitation.",
  "knock.none": "Nobody is asking.",
  "knock.allow": "People without an invitation may ask to be let in",
  "knock.allowHint":
    "Whoever has the address below can ask. They see nothing of the guild until they are let in.",
  "knock.address": "Address for asking",
  "knock.addressHint": "People of other servers open {path} at their own server.",
  "knock.since": "asked {when}",
  "knock.accept": "Let in",
  "knock.acceptOf": "Let {name} in",
  "knock.decline": "Decline",
  "knock.declineOf": "Decline the request of {name}",
  "knock.waiting": "{n, plural, one {# request to join} other {# requests to join}}",

  "ask.title": "Ask to be let in",
  "ask.text":
    "This guild lets people ask. Those who look after it see your name and decide. Its name and members are shown once you are in.",
  "ask.at": "The guild is at {server}.",
  "ask.as": "You ask as {name}.",
  "ask.send": "Ask to be let in",
  "ask.sent": "You have asked.",
  "ask.sentText":
    "When somebody lets you in, the invitation appears at your start page. You can close this page.",
  "ask.home": "Go to the start",

  "move.nav": "Move",
  "move.title": "Go on in a new room",
  "move.lead":
    "Makes the guild anew, with you as its owner, and takes everybody along. Meant for when a former owner or a server disturbs the old one for good.",
  "move.goes":
    "Taken along: name, picture, description, roles, channels and their permissions, emoji, welcome, bans, invite links and templates. Members of every server follow by themselves and keep their roles.",
  "move.stays":
    "Not taken along: messages and files, which stay in the old room and can only be read from then on; webhooks, timeouts, and what members are called and look like here alone.",
  "move.private":
    "{n, plural, =0 {Private channels that you are not in stay with the old room; you are in none.} one {This private channel is made anew, empty and with you as its owner, and its members are invited; those that you are not in stay with the old room:} other {These private channels are made anew, empty and with you as their owner, and their members are invited; those that you are not in stay with the old room:}}",
  "move.final": "This cannot be undone.",
  "move.type": "Type {name} to go on",
  "move.wrong": "The name of the guild was typed differently.",
  "move.submit": "Go on in a new room",
  "move.moved": "{name} goes on in a new room. You are in it already.",
  "move.line": "This guild goes on in a new room.",
  "rival.line":
    "{by} tried to hand this guild over to {to}, although it had been handed over already.",
  "rival.text":
    "Only a former owner, or their server, can do that. See who owns the guild now; if it goes on, let the guild go on in a new room.",
  "rival.audit": "Audit log",
  "move.wait":
    "Your server is taking you over there, which can take a minute. Nothing can be written here any more.",
  "move.open": "Go there",
} as const;
