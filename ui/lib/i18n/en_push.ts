/** Texts of notifications while no page is open. */
export const pushTexts = {
  "push.new": "Something new for you",
  "push.call": "Somebody is calling",
  "push.missed": "You missed a call",
  "push.title": "While no page is open",
  "push.standing.unknown": "One moment …",
  "push.standing.missing":
    "This browser cannot be told while no page is open, or the address of this server is not a secure one.",
  "push.standing.install":
    "On an iPhone or iPad, add this page to your Home Screen first (Share, then “Add to Home Screen”), and open it from there.",
  "push.standing.closed": "This server tells no devices while no page is open.",
  "push.standing.off": "This device is not told while no page is open.",
  "push.standing.on":
    "This device is told. Its browser's push service learns that there is something, not what.",
  "push.begin": "Tell this device",
  "push.end": "Tell it no more",
  "push.endOf": "Tell {name} no more",
  "push.nowOn": "This device is told from now on.",
  "push.nowOff": "This device is told no more.",
  "push.try": "Send a trial",
  "push.tried": "The trial is on its way.",
  "push.devices": "Devices that are told",
  "push.this": "this one",
  "push.since": "since {day}, nothing so far",
  "push.last": "last told {day}",
} as const;
