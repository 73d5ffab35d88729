/** Texts of the ways to prove who one is; part of the catalogue in `en.ts`. */
export const security = {
  "passkey.title": "Passkeys",
  "passkey.lead":
    "A passkey opens your account with your fingerprint, face, screen lock or security key, and nobody can guess or phish it. It counts as both steps of signing in. Your password stays as it is.",
  "passkey.own": "Your passkeys",
  "passkey.none": "None yet.",
  "passkey.name": "Name",
  "passkey.nameHint": "To tell it from others: the device or password manager it is kept in",
  "passkey.add": "Add a passkey",
  "passkey.ready": "Thank you. Now press “Add a passkey”: your browser asks the rest.",
  "passkey.synced": "Synced",
  "passkey.unused": "Never used",
  "passkey.added": "added {when}",
  "passkey.renameNamed": "Rename {name}",
  "passkey.remove": "Remove",
  "passkey.removeNamed": "Remove {name}",
  "passkey.removeText":
    "It opens this account no more. Delete it from the device or password manager, too.",
  "passkey.removeSure": "Remove this passkey",
  "passkey.login": "Log in with a passkey",
  "passkey.step": "Use a passkey",
  "passkey.confirm": "Use a passkey",
  "passkey.plain":
    "This server has no passkeys: browsers offer them only where its public address is HTTPS with a name. Its administrators can change that.",
  "passkey.elsewhere": "Passkeys work at this address of the server alone:",
  "passkey.without": "This browser has no passkeys. Try a newer one, or another.",
  "passkey.noScripts":
    "Adding a passkey takes JavaScript: browsers offer it in no other way. Renaming and removing work without.",
  "passkey.cancelled":
    "No passkey was used: the browser's question was closed, or took too long. Try again.",
  "passkey.known": "This device has a passkey of your account already.",
  "passkey.failed": "That did not work: {what}",
  "user.factorOn": "On",
  "user.factorOff": "Off",
  "user.passkeys": "{n, plural, =0 {no passkeys} one {# passkey} other {# passkeys}}",
  "user.factorReset": "Take app, recovery codes and passkeys off",
  "confirm.codeInstead": "Use a code of your authenticator app",
} as const;
