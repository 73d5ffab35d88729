/** Texts of conversations of several; part of the catalogue in `en.ts`. */
export const groupTexts = {
  "group.alone": "Only you",
  "group.andMore": "{n, plural, one {{names} and # more} other {{names} and # more}}",
  "group.people": "{n, plural, one {# person} other {# people}}",
  "group.beginText":
    "This is where your conversation begins. Whoever is added later reads from then on.",
  "group.choose": "Choose one person, or several for a group.",
  "group.chosen": "Chosen people",
  "group.drop": "Take {name} out again",
  "group.begin": "Begin group of {n}",
  "group.nameOptional": "Name of the group (optional)",
  "group.full": "At most {n} people fit into one conversation.",
  "group.add": "Add people",
  "group.addWhom": "Whom?",
  "group.addText": "They read what is said from then on. Who does not know you is asked first.",
  "group.addAct": "{n, plural, =0 {Add} one {Add # person} other {Add # people}}",
  "group.look": "Name and picture",
  "group.name": "Name",
  "group.nameHint": "Without one it is called by its people.",
  "group.picture": "Picture",
  "group.pictureOff": "Take the picture off",
  "group.leave": "Leave conversation",
  "group.leaveTitle": "Leave {name}?",
  "group.leaveText":
    "You get nothing more of it. What you wrote stays with the others, and any of them can add you again.",
  "group.leaveHeir": "It is yours: {name}, who has been in it longest, owns it then.",
  "group.leaveLast": "You are the last one here: nobody can come back to it.",
  "group.removed": "You are no longer in the conversation {name}.",
  "group.remove": "Remove from the conversation",
  "group.removeTitle": "Remove {name}?",
  "group.removeText":
    "They get nothing more of it. What they wrote stays, and anybody here can add them again.",
  "group.withdraw": "Withdraw the invitation",
  "group.handOver": "Make owner",
  "group.handOverTitle": "Make {name} the owner?",
  "group.handOverText":
    "Only the owner can remove people and switch encryption on. You stay in the conversation.",
  "group.options": "Options for {name}",
  "group.title": "People",
  "group.sealedText":
    "From then on only the devices of the people here can read what is written; no server on the way can. Whoever is added later reads from then on. This cannot be undone.",
  "group.without":
    "{n, plural, one {{names} has no device yet, and reads what is said once there is one.} other {{names} have no device yet, and read what is said once they have one.}}",
  "group.noDevice": "Nobody else here has opened OpenGuild since encryption is there.",
  "group.notYours": "Only the owner of this conversation can switch encryption on.",
  "group.looking": "Looking for the devices of the people here…",
} as const;
