import type { security as english } from "./en_security.ts";

export const security: Record<keyof typeof english, string> = {
  "passkey.title": "Passkeys",
  "passkey.lead":
    "Ein Passkey öffnet dein Konto mit Fingerabdruck, Gesicht, Bildschirmsperre oder Sicherheitsschlüssel; niemand kann ihn erraten oder abfischen. Er zählt als beide Schritte der Anmeldung. Dein Passwort bleibt, wie es ist.",
  "passkey.own": "Deine Passkeys",
  "passkey.none": "Noch keine.",
  "passkey.name": "Name",
  "passkey.nameHint":
    "Um ihn von anderen zu unterscheiden: das Gerät oder der Passwortmanager, wo er liegt",
  "passkey.add": "Passkey hinzufügen",
  "passkey.ready": "Danke. Drücke jetzt „Passkey hinzufügen“: Alles Weitere fragt dein Browser.",
  "passkey.synced": "Synchronisiert",
  "passkey.unused": "Nie benutzt",
  "passkey.added": "hinzugefügt {when}",
  "passkey.renameNamed": "{name} umbenennen",
  "passkey.remove": "Entfernen",
  "passkey.removeNamed": "{name} entfernen",
  "passkey.removeText":
    "Er öffnet dieses Konto nicht mehr. Lösche ihn auch auf dem Gerät oder im Passwortmanager.",
  "passkey.removeSure": "Diesen Passkey entfernen",
  "passkey.login": "Mit Passkey anmelden",
  "passkey.step": "Passkey benutzen",
  "passkey.confirm": "Passkey benutzen",
  "passkey.plain":
    "Dieser Server hat keine Passkeys: Browser bieten sie nur an, wo seine öffentliche Adresse HTTPS mit einem Namen ist. Seine Administratoren können das ändern.",
  "passkey.elsewhere": "Passkeys gehen nur unter dieser Adresse des Servers:",
  "passkey.without": "Dieser Browser hat keine Passkeys. Versuche einen neueren oder anderen.",
  "passkey.noScripts":
    "Einen Passkey hinzuzufügen braucht JavaScript: Browser bieten es nicht anders an. Umbenennen und Entfernen gehen ohne.",
  "passkey.cancelled":
    "Kein Passkey wurde benutzt: Die Frage des Browsers wurde geschlossen oder dauerte zu lange. Versuch es noch einmal.",
  "passkey.known": "Dieses Gerät hat schon einen Passkey deines Kontos.",
  "passkey.failed": "Das ging nicht: {what}",
  "user.factorOn": "Ein",
  "user.factorOff": "Aus",
  "user.passkeys": "{n, plural, =0 {keine Passkeys} one {# Passkey} other {# Passkeys}}",
  "user.factorReset": "App, Wiederherstellungscodes und Passkeys wegnehmen",
  "oidc.title": "Über einen anderen Dienst anmelden",
  "oidc.login": "Mit {label} anmelden",
  "oidc.again": "Noch einmal mit {label} anmelden",
  "oidc.noVisit":
    "Diese Anmeldung begann in einem anderen Browser oder vor mehr als zehn Minuten. Beginne von vorn.",
  "oidc.linkText":
    "Danach kann dein Konto öffnen, wer bei {label} so angemeldet ist, wie du es gerade bist.",
  "oidc.linkSure": "{label} verknüpfen",
  "oidc.registerText":
    "{label} kennt dich, und noch ist kein Konto hier damit verknüpft. Wähle einen Namen für ein neues. Hast du hier schon ein Konto, dann melde dich dort an und verknüpfe {label} in den Einstellungen.",
  "oidc.code": "Code des Einladungslinks oder Registrierungscode",
  "oidc.codeHint": "Wo dieser Server nach einem fragt",
  "oidc.settings": "Andere Anmeldungen",
  "oidc.lead": "Konten bei anderen Diensten, die dein Konto hier öffnen.",
  "oidc.none": "Keines ist verknüpft.",
  "oidc.link": "{label} verknüpfen",
  "oidc.goText":
    "Melde dich dort mit dem Konto an, das du verknüpfen willst; danach kommst du hierher zurück.",
  "oidc.go": "Weiter",
  "oidc.unlink": "Verknüpfung lösen",
  "oidc.unlinkNamed": "Verknüpfung mit {label} lösen",
  "confirm.codeInstead": "Code der Authenticator-App benutzen",
};
