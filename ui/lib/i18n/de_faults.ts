import type { faults as english } from "./en_faults.ts";

/** Why something was refused, in German. */
export const faults: Readonly<Record<keyof typeof english, string>> = {
  "fault.bad_json": "Der Server konnte nicht lesen, was geschickt wurde.",
  "fault.invalid": "Daran stimmt etwas nicht.",
  "fault.weak_password":
    "Dieses Passwort ist zu leicht zu erraten. Ein paar Wörter ohne Zusammenhang ergeben ein starkes.",
  "fault.bad_user_name":
    "Ein Benutzername hat 2 bis 32 Buchstaben a–z, Ziffern und dazwischen einzelne . _ -.",
  "fault.unauthorized": "Du bist nicht angemeldet.",
  "fault.token_expired": "Deine Sitzung ist abgelaufen. Melde dich wieder an.",
  "fault.bad_credentials": "Benutzername oder Passwort stimmt nicht.",
  "fault.bad_code": "Dieser Code stimmt nicht, ist zu alt oder wurde schon benutzt.",
  "fault.bad_passkey":
    "Der Passkey wurde nicht angenommen: zu spät, schon benutzt oder nicht (mehr) von diesem Konto.",
  "fault.bad_provider": "Die andere Anmeldung ging nicht. Beginne von vorn.",
  "fault.second_factor_required": "Dieses Konto fragt auch nach einem Code.",
  "fault.confirmation_required": "Zeig noch einmal, dass du es bist, um weiterzumachen.",
  "fault.forbidden": "Das darfst du nicht.",
  "fault.banned": "Du bist aus dieser Gilde verbannt.",
  "fault.registration_closed": "Auf diesem Weg nimmt der Server keine neuen Konten an.",
  "fault.account_waiting": "Diese Registrierung wartet darauf, dass es weitergeht.",
  "fault.account_locked":
    "Dieses Konto ist gesperrt. Wende dich an einen Administrator dieses Servers.",
  "fault.account_suspended": "Dieses Konto ist ausgesetzt: Lesen geht, schreiben nicht.",
  "fault.bad_origin": "Die Anfrage kam von einer anderen Seite und wurde abgelehnt.",
  "fault.not_found": "Das gibt es nicht, oder es ist nicht für dich bestimmt.",
  "fault.method_not_allowed": "Das macht der Server nicht.",
  "fault.timeout": "Das hat zu lange gedauert. Versuch es noch einmal.",
  "fault.conflict":
    "Jemand war schneller, oder es hat sich inzwischen geändert. Sieh noch einmal nach.",
  "fault.encrypted_room":
    "Diese Unterhaltung ist verschlüsselt: Warte einen Moment, bis dieses Gerät so weit ist.",
  "fault.stale_epoch":
    "Ein anderes Gerät hat die Verschlüsselung zuerst geändert. Es wird noch einmal versucht.",
  "fault.roster_mismatch":
    "Die verschlüsselte Gruppe passt nicht zu ihren Mitgliedern. Es wird noch einmal versucht.",
  "fault.policy": "Die Regeln der verschlüsselten Gruppe verbieten diese Änderung.",
  "fault.name_taken": "Dieser Benutzername ist vergeben.",
  "fault.gone": "Dieser Link oder Code ist abgelaufen oder verbraucht. Bitte um einen neuen.",
  "fault.too_large": "Das ist größer, als dieser Server annimmt.",
  "fault.unsupported_media": "Dateien dieser Art nimmt der Server nicht an.",
  "fault.range": "Diesen Teil der Datei hat der Server nicht.",
  "fault.rejected_by_scan": "Der Virenscanner des Servers hat diese Datei abgelehnt.",
  "fault.limit_reached": "Davon gibt es schon zu viele.",
  "fault.slow_mode": "Langsamer Modus: Warte ein wenig bis zur nächsten Nachricht.",
  "fault.rate_limited": "Das war zu schnell. Warte kurz und versuch es noch einmal.",
  "fault.internal":
    "Der Fehler liegt beim Server und wurde festgehalten. Versuch es gleich noch einmal.",
  "fault.unavailable": "Das geht gerade nicht. Versuch es etwas später noch einmal.",
  "fault.voice_full": "Dieses Gespräch ist voll. Versuch es wieder, wenn jemand gegangen ist.",
  "fault.voice_unavailable": "Auf diesem Server kann man gerade an keinem Gespräch teilnehmen.",
  "fault.wait":
    "{n, plural, one {Zu schnell. Versuch es in # Sekunde noch einmal.} other {Zu schnell. Versuch es in # Sekunden noch einmal.}}",
  "fault.said": "{text} ({said})",
  "refused.offline": "Der Server ist nicht erreichbar. Prüfe deine Verbindung.",
  "refused.cut": "Die Verbindung ist abgebrochen, während die Datei gesendet wurde.",
  "refused.unreadable": "Die Antwort des Servers ließ sich nicht lesen.",
  "refused.foreignForm": "Dieses Formular kam von einer anderen Seite.",
  "refused.largeForm": "Dieses Formular ist zu groß.",
  "refused.noForm": "Das ist kein Formular, das diese Seite lesen kann.",
  "refused.unknownAct": "Dieses Formular will etwas, das diese Seite nicht tut.",
};
