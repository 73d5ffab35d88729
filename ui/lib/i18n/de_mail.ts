import type { mailTexts as english } from "./en_mail.ts";

/** German for `en_mail.ts`. */
export const mailTexts: Readonly<Record<keyof typeof english, string>> = {
  "mail.copy": "Oder öffne diese Adresse:",
  "mail.day": "Der Link gilt einmal, 24 Stunden lang.",
  "mail.notYou": "Warst du das nicht, tu nichts: Ohne den Link geschieht nichts.",
  "mail.verify.subject": "Bestätige deine Adresse für {server}",
  "mail.verify.text":
    "Jemand, hoffentlich du, möchte diese Adresse für das Konto {name} auf {server} verwenden.",
  "mail.verify.link": "Diese Adresse bestätigen",
  "mail.changed.subject": "Die Adresse deines Kontos auf {server} ist eine andere",
  "mail.changed.text":
    "Das Konto {name} auf {server} verwendet von jetzt an eine andere Adresse: {address}. Diese hier gehört nicht mehr dazu.",
  "mail.changed.none":
    "Das Konto {name} auf {server} hat keine Mailadresse mehr. Diese hier gehört nicht mehr dazu.",
  "mail.changed.notYou":
    "Warst du das nicht, ist jemand anderes in deinem Konto angemeldet: Ändere das Passwort, melde alle Geräte ab und sag es denen, die den Server betreiben.",
  "mail.password.subject": "Dein Passwort auf {server} wurde geändert",
  "mail.password.text": "Das Passwort des Kontos {name} auf {server} wurde eben geändert.",
  "mail.password.link": "Ein anderes Passwort setzen",
  "mail.password.notYou": "Warst du das, ist nichts zu tun.",
  "mail.reset.subject": "Setze ein neues Passwort auf {server}",
  "mail.reset.text":
    "Jemand, hoffentlich du, hat das Passwort eines Kontos mit dieser Adresse auf {server} vergessen.",
  "mail.reset.link": "Neues Passwort für {name} setzen",
  "mail.register.text":
    "Jemand, hoffentlich du, möchte ein Konto namens {name} auf {server} mit dieser Adresse.",
  "mail.waiting.subject": "Jemand wartet auf Einlass auf {server}",
  "mail.waiting.text":
    "Über neue Konten auf {server} entscheidet die Verwaltung, und jemand wartet auf deine Entscheidung.",
  "mail.waiting.link": "Ansehen, wer es ist",
  "mail.approved.subject": "Willkommen auf {server}",
  "mail.approved.text":
    "Dein Konto {name} auf {server} ist bereit: Melde dich mit deinem Passwort an.",
  "mail.approved.link": "Anmelden",
  "mail.refused.subject": "Zu deiner Registrierung auf {server}",
  "mail.refused.text": "Die Verwaltung von {server} hat dich nicht als {name} eingelassen.",
  "mail.refused.reason": "Sie schreibt: {reason}",
  "mail.export.subject": "Die Kopie deiner Daten auf {server} ist fertig",
  "mail.export.text":
    "Alles, was {server} von deinem Konto {name} hat, liegt jetzt in einer Datei. Sie wird eine Woche aufbewahrt.",
  "mail.export.link": "Herunterladen",
  "mail.digest.subject": "Auf {server} wartet etwas auf dich",
  "mail.digest.text":
    "Das kam für {name} auf {server} seit der letzten solchen Mail und ist noch ungelesen.",
  "mail.digest.place":
    "{n, plural, one {# Erwähnung} other {# Erwähnungen}} in #{channel}, {guild}",
  "mail.digest.more":
    "{n, plural, one {# weiterer Kanal} other {# weitere Kanäle}} mit Erwähnungen",
  "mail.digest.hidden":
    "{n, plural, one {Etwas in # privatem Kanal} other {Etwas in # privaten Kanälen}}",
  "mail.digest.conversations":
    "{n, plural, one {Etwas in # Unterhaltung} other {Etwas in # Unterhaltungen}}",
  "mail.digest.link": "Ansehen",
  "mail.digest.daily": "Du wolltest jeden Tag eine solche Mail. Ändern kannst du das hier: {url}",
  "mail.digest.weekly": "Du wolltest jede Woche eine solche Mail. Ändern kannst du das hier: {url}",
  "mail.digest.stop": "Keine solchen Mails mehr: {url}",

  "digest.title": "Mails über das, was wartet",
  "digest.text":
    "Eine Mail, wenn etwas Neues auf dich wartet: wie viele Erwähnungen wo, und dass in Unterhaltungen und privaten Kanälen etwas ist. Niemals, was gesagt wurde, oder von wem.",
  "digest.noAddress": "Dafür braucht dieses Konto eine bestätigte Mailadresse.",
  "digest.address": "Mailadresse angeben",
  "digest.every": "Wie oft",
  "digest.never": "Nie",
  "digest.day": "Jeden Tag",
  "digest.week": "Jede Woche",
  "digest.weekday": "Wochentag, für eine wöchentliche Mail",
  "digest.hour": "Uhrzeit",
  "digest.hourHint": "Nach den Uhren von {zone}.",
  "digest.next": "Die nächste geht am {when} an {address}, falls bis dahin etwas Neues da ist.",
  "digest.stop.title": "Keine Mails mehr",
  "digest.stop.text": "Soll {name} keine Mails mehr über das bekommen, was wartet?",
  "digest.stop.submit": "Ja, keine mehr",
  "digest.stop.done":
    "Es kommen keine solchen Mails mehr. In den Einstellungen kannst du sie wieder anfangen.",
  "digest.stop.over": "Diese Mails sind schon beendet.",
  "mail.test.subject": "Ein Test der Mails von {server}",
  "mail.test.text": "Mails von {server} kommen hier an. Niemand muss etwas tun.",

  "email.title": "Mailadresse",
  "email.lead":
    "Mit einer Adresse von dir kannst du ein neues Passwort setzen, wenn du das alte vergessen hast. Nur du und die Leute, die diesen Server betreiben, können sie sehen.",
  "email.none": "Dieses Konto hat keine Mailadresse.",
  "email.have": "Die Adresse dieses Kontos ist {address}.",
  "email.since": "Bestätigt {when}",
  "email.waits":
    "Eine Mail ging an {address}. Öffne den Link darin, um zu bestätigen, dass die Adresse deine ist; er gilt bis {when}.",
  "email.again": "Noch einmal senden",
  "email.stop": "Diese Adresse nicht verwenden",
  "email.field": "Neue Mailadresse",
  "email.set": "Bestätigung senden",
  "email.remove": "Adresse entfernen",
  "email.removeText":
    "Ein vergessenes Passwort können dann nur die Leute, die diesen Server betreiben, neu setzen lassen.",
  "email.confirm.title": "Bestätige deine Adresse",
  "email.confirm.text": "Soll {address} zum Konto {name} gehören?",
  "email.confirm.submit": "Ja, sie ist meine",
  "email.confirm.done": "{address} gehört von jetzt an zum Konto {name}.",
  "email.confirm.used":
    "Dieser Link wurde verwendet, durch einen neueren ersetzt oder ist über einen Tag alt. Fordere in den Einstellungen deines Kontos einen neuen an.",
  "email.goOn": "Weiter",

  "email.register.text":
    "Soll das Konto {name} mit der Adresse {address} entstehen? Melde dich dann mit deinem Passwort an.",
  "email.register.done":
    "Dein Konto {name} ist bereit. Melde dich mit dem Passwort an, das du gewählt hast.",
  "email.register.waits":
    "Danke. Jetzt entscheidet die Verwaltung, ob du eingelassen wirst, {name}; du bekommst eine Mail.",

  "register.email": "Mailadresse",
  "register.emailOptional": "Mailadresse (freiwillig)",
  "register.emailHint":
    "Damit du ein neues Passwort setzen kannst, wenn du es vergisst. Zuerst schicken wir einen Link dorthin.",
  "register.why": "Warum möchtest du dabei sein?",
  "register.whyHint": "Die Verwaltung dieses Servers liest es und entscheidet.",
  "waiting.title": "Noch ein Schritt",
  "waiting.approval": "Deine Registrierung liegt bei der Verwaltung dieses Servers.",
  "waiting.approvalMore":
    "Sie entscheidet innerhalb von zwei Wochen oder gar nicht. Melde dich an, um zu sehen, ob sie es getan hat; wer eine Mailadresse angegeben hat, bekommt eine Mail.",
  "waiting.email": "Eine Mail ist zu dir unterwegs. Öffne den Link darin, damit es weitergeht.",
  "waiting.emailMore": "Er gilt 24 Stunden. Sieh auch im Spam-Ordner nach.",
  "waiting.login": "Anmelden",
  "admin.waiting": "Registrierungen",
  "admin.waitingLead": "Wer hier ein Konto möchte und auf eine Entscheidung wartet.",
  "admin.waitingOff": "Über neue Konten muss zurzeit niemand entscheiden.",
  "admin.waitingNone": "Niemand wartet.",
  "admin.waitingCount":
    "{n, plural, one {# Person wartet auf Einlass} other {# Personen warten auf Einlass}}",
  "admin.approve": "Einlassen",
  "admin.approveName": "Einlassen: {name}",
  "admin.refuse": "Ablehnen",
  "admin.refuseName": "Ablehnen: {name}",
  "admin.refuseReason": "Grund, der der Person gesagt wird",
  "admin.approval": "Die Verwaltung entscheidet über jedes neue Konto",
  "admin.approvalHint":
    "Wer sich registriert, schreibt warum, und wartet. Wer einen Registrierungscode hat, wird sofort eingelassen.",
  "admin.needEmail": "Ein neues Konto braucht eine Mailadresse",
  "admin.needEmailHint": "Sie wird mit einem Link bestätigt, bevor das Konto entsteht.",

  "export.title": "Eine Kopie mitnehmen",
  "export.text":
    "Eine Datei mit deinem Konto, Profil, deinen Sitzungen, Einstellungen, Freunden, Gilden, allem, was du gesendet hast, nach Kanälen, und dem, was du hochgeladen hast. Das dauert eine Weile; sie wird eine Woche aufbewahrt, und nur du kannst sie herunterladen.",
  "export.sealed":
    "Von verschlüsselten Unterhaltungen enthält sie, was dieser Server hat und was ohne deine Geräte niemand lesen kann. Ihr lesbarer Verlauf ist nicht darin: Er liegt allein auf deinen Geräten.",
  "export.begin": "Kopie erstellen",
  "export.again": "Neue Kopie erstellen",
  "export.making": "Deine Kopie entsteht: {done} von {total} Gilden, Unterhaltungen und Dateien.",
  "export.starts": "Mit deiner Kopie wird gleich begonnen.",
  "export.look": "Noch einmal nachsehen",
  "export.stop": "Abbrechen",
  "export.ready": "Deine Kopie vom {when} ist fertig: {size}. Sie wird {until} gelöscht.",
  "export.leftOut":
    "{n, plural, one {# Datei wurde} other {# Dateien wurden}} ausgelassen, weil die Kopie zu groß geworden wäre.",
  "export.download": "Herunterladen",
  "export.delete": "Jetzt löschen",
  "export.failed":
    "Deine Kopie konnte nicht erstellt werden. Versuche es noch einmal oder frage die Verwaltung, die ins Protokoll sehen kann.",

  "forgot.title": "Passwort vergessen?",
  "forgot.link": "Passwort vergessen?",
  "forgot.text":
    "Hat dein Konto eine Mailadresse, schicken wir dorthin einen Link, mit dem du ein neues Passwort setzt. Hat es keine, bitte jemanden, der diesen Server verwaltet, um einen Link.",
  "forgot.field": "Benutzername oder Mailadresse",
  "forgot.submit": "Link zusenden",
  "forgot.sent":
    "Gibt es ein solches Konto mit einer Mailadresse, ist eine Mail unterwegs. Sieh auch im Spam-Ordner nach. Der Link darin gilt 24 Stunden.",
  "forgot.back": "Zurück zur Anmeldung",
};
