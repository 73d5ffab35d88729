/** Texts of encryption: recovery, devices, verification; part of the catalogue in `en.ts`. */
export const encryption = {
  "e2ee.title": "Encryption",
  "e2ee.what.1":
    "Conversations with a closed lock are encrypted on your device and opened on the devices of the people in them; no server on the way can read them.",
  "e2ee.what.2":
    "The keys are on your devices, and in an encrypted backup that only your recovery key or your passphrase opens.",
  "e2ee.what.3":
    "If you lose all your devices and both of these, nobody can bring those messages back, not even who runs this server.",
  "e2ee.audit": "Nobody from outside has examined this encryption yet. Do not stake a life on it.",
  "e2ee.scripts":
    "Setting this up and verifying devices happens in the browser and needs JavaScript.",
  "e2ee.unsupported":
    "This browser lacks what encryption needs here. A current version of Firefox, Chrome or Safari has it.",
  "e2ee.failed": "Encryption did not start: {reason}",
  "e2ee.retry": "Try again",

  "e2ee.state": "State",
  "e2ee.device.label": "This device",
  "e2ee.device.new": "Not set up yet. That happens by itself with your first encrypted message.",
  "e2ee.device.unapproved": "Not verified yet: it cannot read your encrypted messages.",
  "e2ee.device.ready": "Set up and verified.",
  "e2ee.device.removed": "Taken off your account. Sign in again to use encryption here.",
  "e2ee.recovery.label": "Recovery",
  "e2ee.recovery.none": "Not set up. If you lose this device, your encrypted messages are lost.",
  "e2ee.recovery.half":
    "Half done: one way to your messages is set up. With a second one they are recoverable.",
  "e2ee.recovery.full": "Recoverable: there are two ways to your messages.",
  "e2ee.recovery.unconfirmed":
    "You have not confirmed that you kept your recovery key. Make a new one if you do not have it.",
  "e2ee.backup.label": "Backup",
  "e2ee.backup.none": "There is none yet.",
  "e2ee.backup.saved":
    "Last saved {when}: the keys of {n, plural, one {# message} other {# messages}}, {size}.",
  "e2ee.backup.waiting": "{n, plural, one {# message waits} other {# messages wait}} to be saved.",
  "e2ee.backup.unreadable":
    "This device cannot open the backup: its key was changed elsewhere. Enter your recovery key or passphrase to go on.",
  "e2ee.backup.rolledBack":
    "The server gave back an older backup than this device has saved. Nothing is lost here; tell who runs the server.",

  "e2ee.setup.begin": "Set up recovery",
  "e2ee.setup.more": "Add the second way",
  "e2ee.setup.step": "Step {n} of {of}",
  "e2ee.setup.done": "Your messages are recoverable",
  "e2ee.setup.doneText":
    "On a new device, sign in and enter either of the two. Whoever has one of them and your password can read your messages: keep them like house keys.",
  "e2ee.setup.later": "Later",
  "e2ee.setup.working": "Working…",
  "e2ee.next": "Next",
  "e2ee.finish": "Done",

  "e2ee.key.title": "Your recovery key",
  "e2ee.key.text":
    "It is shown only now. Print it, or keep it in a password manager; not in a chat or a mail.",
  "e2ee.key.label": "Recovery key",
  "e2ee.key.copy": "Copy",
  "e2ee.key.download": "Download",
  "e2ee.key.print": "Print",
  "e2ee.key.file":
    "Recovery key of {user} on {server}, made {date}.\n\n{key}\n\nOn a new device: sign in, then enter it where you are asked for your messages. Whoever has it and your password can read your encrypted messages.",
  "e2ee.key.confirm": "Do you have it?",
  "e2ee.key.confirmText": "Type two groups of it from where you kept it.",
  "e2ee.key.group": "Group {n}",
  "e2ee.key.wrongGroup": "That is not group {n}. Look again at what you kept.",
  "e2ee.key.showAgain": "Show the key again",
  "e2ee.key.change": "New recovery key",
  "e2ee.key.changeText": "The present recovery key stops working as soon as the new one is shown.",
  "e2ee.phrase.title": "A passphrase",
  "e2ee.phrase.text":
    "Four or more words that nobody would guess. It is not your password: the server never sees it.",
  "e2ee.phrase.label": "Passphrase",
  "e2ee.phrase.again": "Once more",
  "e2ee.phrase.unequal": "The two differ.",
  "e2ee.phrase.short": "At least {n} characters.",
  "e2ee.phrase.isPassword": "Only digits or one short word is guessed within minutes.",
  "e2ee.phrase.set": "Set passphrase",
  "e2ee.phrase.change": "Change passphrase",
  "e2ee.slots.title": "Ways to your messages",
  "e2ee.slots.recovery_key": "Recovery key",
  "e2ee.slots.passphrase": "Passphrase",
  "e2ee.slots.passkey": "Passkey",
  "e2ee.slots.passkeySet": "set up, as an extra beside the two above",
  "e2ee.passkey.title": "A passkey for your messages",
  "e2ee.passkey.text":
    "Your fingerprint, face, device PIN or security key opens your messages on a new device. The server never learns what opens them.",
  "e2ee.passkey.extra":
    "It is an extra: some passkeys stay on one device and are lost with it, and not every browser can use them for this. It does not sign you in. Keep your recovery key.",
  "e2ee.passkey.unable": "This browser cannot open messages with a passkey. Use another way.",
  "e2ee.passkey.make": "Make a passkey",
  "e2ee.passkey.add": "Add a passkey",
  "e2ee.passkey.change": "New passkey",
  "e2ee.passkey.remove": "Remove passkey",
  "e2ee.passkey.done": "The passkey opens your messages now.",
  "e2ee.passkey.fault.stopped": "The passkey was not used. You can try again.",
  "e2ee.passkey.fault.no_prf":
    "That passkey cannot open messages: it has no secret to give. You may delete it where your passkeys are kept, and try another one or use another way.",
  "e2ee.passkey.fault.unsupported":
    "This browser cannot use passkeys at this address. Use another way.",
  "e2ee.slots.device": "Another device",
  "e2ee.slots.deviceText": "A new device scans a code here and has everything at once.",
  "e2ee.slots.set": "set up",
  "e2ee.slots.notSet": "not set up",

  "e2ee.reset.title": "Start anew",
  "e2ee.reset.text":
    "If you have lost every device, the recovery key and the passphrase, or somebody else has them, you can begin with a new identity.",
  "e2ee.reset.begin": "Reset encryption",
  "e2ee.reset.costs": "What it costs",
  "e2ee.reset.cost.1":
    "Encrypted messages that no device of yours holds now can be read by nobody again.",
  "e2ee.reset.cost.2":
    "All your other devices are signed out of encryption and must be set up again.",
  "e2ee.reset.cost.3":
    "Whoever verified you is warned that your identity has changed, and has to verify you again.",
  "e2ee.reset.cost.4": "The backup, the recovery key and the passphrase become worthless.",
  "e2ee.reset.type": "Type {name} to be sure",
  "e2ee.reset.password": "Your password",
  "e2ee.reset.submit": "Reset for good",
  "e2ee.reset.done": "You have a new identity. Set up recovery next.",

  "e2ee.devices.title": "Your devices",
  "e2ee.devices.lead": "A verified device reads your encrypted messages; the others cannot.",
  "e2ee.devices.verified": "Verified",
  "e2ee.devices.unverified": "Not verified",
  "e2ee.devices.verify": "Verify",
  "e2ee.devices.verifyNamed": "Verify {name}",
  "e2ee.devices.rename": "Rename",
  "e2ee.devices.renameNamed": "Rename {name}",
  "e2ee.devices.newName": "New name",
  "e2ee.devices.remove": "Remove",
  "e2ee.devices.removeNamed": "Remove {name}",
  "e2ee.devices.removeText":
    "It is signed out and leaves all encrypted conversations. What it has already read it may keep.",
  "e2ee.devices.removeSure": "Yes, remove it",
  "e2ee.devices.count":
    "{n, plural, one {You are signed in on # device.} other {You are signed in on # devices.}}",

  "e2ee.prompt.title": "Keep your encrypted messages",
  "e2ee.prompt.text":
    "They are only on your devices now. Set up recovery, so that a lost phone does not take them along.",
  "e2ee.prompt.label": "Recovery",
  "e2ee.here.text": "This device cannot read your encrypted messages yet.",
  "e2ee.here.get": "Get your messages",
  "e2ee.here.removed":
    "This device was taken off your account and gets no more encrypted messages. Sign in again to read them here.",

  "e2ee.get.title": "Get your messages",
  "e2ee.get.lead": "Your account has encrypted messages. Verify this device to read them here.",
  "e2ee.get.device": "With another device",
  "e2ee.get.deviceText": "Open OpenGuild on a device where you can read them, and compare.",
  "e2ee.get.deviceBegin": "Compare emoji",
  "e2ee.get.scan": "Scan or type a code",
  "e2ee.get.key": "With your recovery key",
  "e2ee.get.keyHint": "Spaces do not matter.",
  "e2ee.get.phrase": "With your passphrase",
  "e2ee.get.passkey": "With your passkey",
  "e2ee.get.passkeyText": "If this device has it, or your security key is at hand.",
  "e2ee.get.passkeyUse": "Use passkey",
  "e2ee.get.submit": "Get messages",
  "e2ee.get.checking": "Opening the backup…",
  "e2ee.get.progress": "{done} of {total} messages restored",
  "e2ee.get.done": "Your messages are here",
  "e2ee.get.doneText":
    "{n, plural, one {The keys of # message were} other {The keys of # messages were}} restored.",
  "e2ee.get.goOn": "Go on",
  "e2ee.get.skip": "Skip for now",
  "e2ee.get.skipText":
    "You can use everything else. Encrypted messages stay closed here until this device is verified, and nobody sends it new ones.",
  "e2ee.get.lost": "None of these?",
  "e2ee.get.lostText": "Then only a new identity helps. What that costs stands on its page:",
  "e2ee.get.wrong": "That does not open the backup. Check it for typing mistakes.",
  "e2ee.get.malformed":
    "This is no recovery key: it has twelve groups of four characters. Compare it group by group.",
  "e2ee.get.wrongGroup": "Look at group {n}: a character is missing or mistyped.",
  "e2ee.get.unreachable": "The server does not answer. Nothing is lost; try again.",

  "e2ee.code.show": "Show a code",
  "e2ee.code.showText":
    "Scan it with the new device, or type the text below it there. It works once, for ten minutes.",
  "e2ee.code.picture": "QR code for the new device",
  "e2ee.code.type": "Code of the other device",
  "e2ee.code.use": "Use this code",
  "e2ee.code.camera": "Point the camera at the code",
  "e2ee.code.noCamera": "This browser cannot scan. Type the code that stands below the picture.",
  "e2ee.code.refused": "The camera may not be used. Type the code that stands below the picture.",
  "e2ee.code.wrong": "This is no code for your account, or it has been used already.",

  "e2ee.person.show": "Show my code",
  "e2ee.person.scan": "Scan a code",
  "e2ee.person.showText":
    "{name} scans this from your screen: in your card, “Scan a code”. It works once, for ten minutes.",
  "e2ee.person.picture": "QR code for {name}",
  "e2ee.person.camera": "Point the camera at the code on the screen of {name}",
  "e2ee.person.noCamera":
    "This browser cannot scan. Show your own code instead, or compare pictures.",
  "e2ee.person.refused":
    "The camera may not be used. Show your own code instead, or compare pictures.",
  "e2ee.person.waitNumber":
    "{name} sees a number too. Say whether it is this one; {name} confirms it.",
  "e2ee.person.wrong": "This is no code that {name} shows for you, or it has been used already.",
  "e2ee.person.otherIdentity":
    "{name} was shown keys of yours that are not yours: somebody may be between you. Nothing was trusted.",

  "e2ee.verify.title": "Verify {name}",
  "e2ee.verify.own": "Verify a device",
  "e2ee.verify.asked":
    "{name} wants to verify you. Compare seven pictures in a call or face to face.",
  "e2ee.verify.someDevice": "new device",
  "e2ee.verify.askedOwn": "Another device of yours, “{name}”, wants to be verified.",
  "e2ee.verify.askedOwnText":
    "Accept only if you are signing in there yourself just now. A verified device reads all your encrypted messages.",
  "e2ee.verify.accept": "Compare",
  "e2ee.verify.refuse": "Refuse",
  "e2ee.verify.waitAccept": "Waiting until {name} accepts…",
  "e2ee.verify.waitAcceptOwn": "Accept on your other device, where a window has opened.",
  "e2ee.verify.compare": "Do both sides show the same seven pictures, in the same order?",
  "e2ee.verify.compareNumber": "Does the device that scanned the code show this number?",
  "e2ee.verify.waitNumber": "Say on your other device that it shows this number.",
  "e2ee.verify.compareOther":
    "Ask {name} in a call or face to face, not in a chat: whoever reads along could answer.",
  "e2ee.verify.list": "Seven pictures",
  "e2ee.verify.numbers": "Or compare these numbers",
  "e2ee.verify.same": "They are the same",
  "e2ee.verify.differ": "They differ",
  "e2ee.verify.waitConfirm": "Waiting until the other side says so too…",
  "e2ee.verify.done": "{name} is verified",
  "e2ee.verify.doneOwn": "The device is verified",
  "e2ee.verify.doneText": "If their identity ever changes, you will be told before you send.",
  "e2ee.verify.doneOwnText": "It now reads your encrypted messages.",
  "e2ee.verify.cancelled": "Not verified",
  "e2ee.cancel.refused": "The other side said no.",
  "e2ee.cancel.mismatch":
    "The pictures were not the same. Somebody may be between you: try again over another connection.",
  "e2ee.cancel.timeout": "The other side did not answer in time.",
  "e2ee.cancel.other_device": "It was answered on another device.",
  "e2ee.cancel.unsupported": "The other side's version cannot do this.",
  "e2ee.cancel.failed": "Something arrived that does not fit: nothing was trusted.",

  "e2ee.trust.verified": "Verified",
  "e2ee.trust.verifiedText": "You have compared your keys with {name}.",
  "e2ee.trust.unverified": "Not verified",
  "e2ee.trust.unverifiedText":
    "Your messages to {name} are encrypted. Verify to be sure that nobody stands between you.",
  "e2ee.trust.begin": "Verify",

  "e2ee.changed.title": "{name} has a new identity",
  "e2ee.changed.loud":
    "You had verified {name}. A new identity can mean a reset after a lost phone, or somebody who pretends to be {name}. Nothing is sent until you decide.",
  "e2ee.changed.calm": "{name} has a new identity, as after a reset or a lost phone.",
  "e2ee.changed.accept": "Accept new identity",
  "e2ee.changed.verify": "Verify again",
  "e2ee.unsigned.line":
    "{n, plural, one {# device of {name} is not confirmed by {name}. It gets no messages.} other {# devices of {name} are not confirmed by {name}. They get no messages.}}",
  "e2ee.unsigned.own":
    "{n, plural, one {# of your devices is not verified and gets no encrypted messages.} other {# of your devices are not verified and get no encrypted messages.}}",
  "e2ee.unsigned.look": "Look at your devices",
} as const;
