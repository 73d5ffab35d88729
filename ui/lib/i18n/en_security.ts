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
  "oidc.title": "Log in through another service",
  "oidc.login": "Log in with {label}",
  "oidc.again": "Log in once more with {label}",
  "oidc.noVisit":
    "This login began in another browser, or longer than ten minutes ago. Begin again.",
  "oidc.linkText":
    "From then on, who is logged in at {label} as you are now can open your account.",
  "oidc.linkSure": "Link {label}",
  "oidc.registerText":
    "{label} knows you, and no account here is linked with it yet. Choose a name for a new one. If you have an account here, log in to it and link {label} in its settings.",
  "oidc.code": "Invite link's code or registration code",
  "oidc.codeHint": "Where this server asks for one",
  "oidc.settings": "Other logins",
  "oidc.lead": "Accounts of other services that open your account here.",
  "oidc.none": "None is linked.",
  "oidc.link": "Link {label}",
  "oidc.goText": "Log in there with the account that you want to link; you come back here.",
  "oidc.go": "Go on",
  "oidc.unlink": "Unlink",
  "oidc.unlinkNamed": "Unlink {label}",
  "confirm.codeInstead": "Use a code of your authenticator app",
} as const;
