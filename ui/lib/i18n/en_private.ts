/** Texts of encrypted conversations in the chat; part of the catalogue in `en.ts`. */
export const privateTexts = {
  "lock.not": "Not encrypted",
  "lock.notLong": "The servers of the people here store this conversation readable.",
  "lock.on": "Encrypted",
  "lock.onLong": "Only the devices of the people here can read what is said, no server can.",
  "lock.verified": "Encrypted, verified",
  "lock.verifiedLong":
    "Only the devices of the people here can read what is said, and each of them was verified.",
  "sealed.begin": "Encrypt this conversation",
  "sealed.beginText.1":
    "From then on only your devices and those of {name} can read what you write to each other; no server on the way can. This cannot be undone.",
  "sealed.beginText.2":
    "What was said before stays as it is, and whoever loses all devices without a recovery key cannot read the encrypted messages again.",
  "sealed.beginChannel": "Encrypt this channel",
  "sealed.beginChannelText.1":
    "From then on only the devices of the people in #{name} can read what is written here; no server can. This cannot be undone.",
  "sealed.beginChannelText.2":
    "Who is added later reads what is said from then on, and who is removed reads nothing that comes after.",
  "sealed.notYourChannel": "Only the owner of this channel can switch encryption on.",
  "sealed.beganChannel": "Messages in #{name} are encrypted from here on.",
  "channel.encrypt": "Encrypt it",
  "channel.encryptHint":
    "Only the devices of its members can read it, no server can. This cannot be undone.",
  "channel.cannotEncrypt": "{reason} Without encryption the channel can be made from here.",
  "channelPeople.title": "People in this channel",
  "channelPeople.of": "People in #{name}",
  "channelPeople.encrypted":
    "Who is added reads what is said from then on. Who is removed reads nothing that comes after.",
  "channelPeople.more": "{n, plural, one {# more person is} other {# more people are}} here.",
  "channelPeople.remove": "Remove",
  "channelPeople.removeName": "Remove {name}",
  "channelPeople.removed": "{name} is not in this channel any more.",
  "channelPeople.add": "Add people",
  "channelPeople.search": "Search the guild",
  "channelPeople.addAct": "Add",
  "channelPeople.addName": "Add {name}",
  "channelPeople.added": "{name} is in this channel.",
  "channelPeople.all": "Everybody in the guild is in this channel.",
  "channelPeople.none": "Nobody else in the guild has such a name.",
  "sealed.beginAct": "Encrypt from here on",
  "sealed.beginning": "Encryption begins…",
  "sealed.looking": "Looking for the devices of {name}…",
  "sealed.noDevice": "{name} has not opened OpenGuild since encryption is there.",
  "sealed.noDeviceText":
    "Encryption needs a device on the other side. It can begin by itself as soon as there is one, while OpenGuild is open here.",
  "sealed.beginLater": "Begin as soon as possible",
  "sealed.waits": "Encryption begins when {name} opens OpenGuild.",
  "sealed.notYours":
    "Encryption of this conversation can be switched on once you have accepted it.",
  "sealed.began": "Messages with {name} are encrypted from here on.",
  "sealed.unapproved":
    "Your account has encryption on another device. This browser needs a word of that device, or your recovery key, before it can encrypt.",
  "sealed.setUp": "Set up this browser",
  "sealed.lack.insecure":
    "Encryption needs a secure connection: open OpenGuild at an address that begins with https.",
  "sealed.lack.storage":
    "This browser keeps nothing here, as in some private windows: encryption needs a place for its keys.",
  "sealed.lack.algorithms":
    "This browser lacks what encryption needs. A current version of Firefox, Chrome or Safari has it.",
  "sealed.fromHere": "From here on, messages are encrypted",
  "sealed.above": "What stands above is not",
  "sealed.plain": "Not encrypted",
  "sealed.plainLong":
    "This came without encryption after it was switched on. Who could read it on the way is not known.",
  "sealed.opening": "Message is being opened",
  "sealed.restoring": "Restoring message…",
  "sealed.fault.restoring": "The key of this message is not here yet.",
  "sealed.fault.before_join": "Sent before this device joined.",
  "sealed.fault.not_genuine":
    "This message does not come from the person it names, so it is not shown.",
  "sealed.fault.damaged": "This message arrived damaged.",
  "sealed.fault.lost": "None of your devices has the key of this message any more.",
  "sealed.fault.device_not_ready": "This browser is not set up to read encrypted messages.",
  "sealed.again": "Try again",
  "sealed.more": "Bring back older messages",
  "sealed.new": "Encrypted message",
  "composer.sealedDm": "Encrypted message to {name}",
  "composer.sealedChannel": "Encrypted message to #{name}",
  "sealed.bar.starting": "Encryption is being prepared. What you write goes out when it is ready.",
  "sealed.bar.reconnecting": "Reconnecting securely…",
  "sealed.bar.order_disputed":
    "What {server} says about changes of this conversation is not proven, so this browser does not follow them. Messages go on.",
  "sealed.bar.sequencer_unreachable":
    "Changes of the group are paused: {server} cannot be reached. Messages go on.",
  "sealed.bar.removal_pending": "A device that left is being locked out. Then messages go on.",
  "sealed.bar.unexpected_member":
    "Somebody is in this conversation who does not belong here. Nothing is sent.",
  "sealed.bar.too_many_rejoins":
    "This conversation could not be connected securely. What you write waits, and it is tried again by itself.",
  "sealed.bar.waiting_for_devices":
    "{name} has no device that can read this yet. What you write goes out as soon as there is one.",
  "sealed.bar.waiting_for_answer":
    "{name} has not come back yet. What you write goes out, encrypted, when they do.",
  "sealed.bar.look": "Look at it",
  "sealed.refused.identity_changed": "The identity of somebody here changed. Look at it first.",
  "sealed.refused.unexpected_member": "Somebody is here who does not belong here.",
  "health.title": "Encryption here",
  "health.looking": "Asking this device…",
  "health.line": "Something was noticed about how this conversation is kept in order.",
  "health.orders": "Who puts changes in order",
  "health.ordersText":
    "{server} decides which change of people and devices comes first. It cannot read what is said.",
  "health.ordersPaused":
    "{server} decides which change of people and devices comes first, and does not answer now. Messages go on, changes wait.",
  "health.ordersUnknown": "Not known yet.",
  "health.former": "Before that: {servers}.",
  "health.successors": "Who takes over",
  "health.successorsText": "If it is gone: {servers}.",
  "health.receipts": "Proof of the order",
  "health.receipts.checked": "This device has checked the signature of the latest change.",
  "health.receipts.unchecked":
    "The latest change could not be checked: the key of the server was out of reach. It is tried again with the next one.",
  "health.receipts.none": "Nothing to check yet: this device has seen no change.",
  "health.code": "Code to compare",
  "health.codeText":
    "Read it to each other in a call or face to face. If everybody sees the same one, nobody sits in between. It is a new one whenever people, devices or keys change.",
  "health.codeNone": "There is none until this device is in the conversation.",
  "health.problems": "What was noticed",
  "health.problemsNone": "Nothing that should not be.",
  "health.problemsNoneNew": "Nothing new.",
  "health.looked": "I have looked at this",
  "health.known": "{n, plural, one {# thing} other {# things}} you have looked at",
  "health.someServer": "A server",
  "health.somebody": "Somebody",
  "health.problem.two_stories": "{server} signed two different changes for the same moment.",
  "health.help.two_stories":
    "It told different people different things; both signatures are proof of it. Compare the code above with the others. If it differs, begin a new conversation from another server, and tell who runs this one.",
  "health.problem.void_changes": "Changes that {server} made while it was cut off do not count.",
  "health.help.void_changes":
    "Another server had taken over meanwhile. Nothing needs to be done; a message that was sent just then may have to be sent again.",
  "health.problem.broken_chain": "A change that {server} signed does not follow the one before it.",
  "health.help.broken_chain":
    "That happens after a server was restored from an old backup. Compare the code above with the others; if it is the same, all is well.",
  "health.problem.bad_receipt": "{server} told of a change without a valid signature.",
  "health.help.bad_receipt":
    "This device did not follow it. If it goes on, tell who runs your server; until then people and devices may not be able to join.",
  "health.problem.useless_commit": "A device of {name} broke the common key.",
  "health.help.useless_commit":
    "This device has connected again by itself. If it happens more often, ask them to remove that device, or take them out of the conversation.",
  "health.problem.false_keys": "{name} shared keys that do not fit the messages.",
  "health.help.false_keys":
    "They were not used: those messages stay closed. Somebody else of the conversation can share them with you.",
  "pastShare.title": "Share what was said before",
  "pastShare.nothing": "Nothing",
  "pastShare.days": "{n, plural, one {The last day} other {The last # days}}",
  "pastShare.act": "Share",
  "pastShare.text":
    "{name} gets the keys of what you can read here yourself. Everybody in the conversation sees that you share it.",
  "pastShare.owner": "Only {owner} can allow here that people read what was said before they came.",
  "pastShare.line":
    "{n, plural, one {{name} shared # day with {other}.} other {{name} shared # days with {other}.}}",
  "pastShare.done":
    "{n, plural, one {{name} can read the last day now.} other {{name} can read the last # days now.}}",
  "pastShare.waiting": "{name} gets it as soon as all their devices have come in.",
  "pastShare.empty": "There is nothing of that time here that you can read yourself.",
  "sealed.refused.later": "The conversation is not ready yet.",
  "sealed.fileNotSealed": "{name} was attached before encryption began. Attach it again.",
  "sealed.fileLoading": "{name} is being opened",
  "sealed.fileFault": "{name} cannot be opened: {reason}",
  "sealed.fileDamaged": "it is not what was sent.",
};
