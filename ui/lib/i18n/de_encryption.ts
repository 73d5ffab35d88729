import type { encryption as en } from "./en_encryption.ts";

/** Texts of encryption: recovery, devices, verification; part of the catalogue in `de.ts`. */
export const encryption: Readonly<Record<keyof typeof en, string>> = {
  "e2ee.title": "Verschlüsselung",
  "e2ee.what.1":
    "Unterhaltungen mit geschlossenem Schloss werden auf deinem Gerät verschlüsselt und auf den Geräten der Beteiligten geöffnet; kein Server dazwischen kann sie lesen.",
  "e2ee.what.2":
    "Die Schlüssel liegen auf deinen Geräten und in einer verschlüsselten Sicherung, die nur dein Wiederherstellungsschlüssel oder deine Passphrase öffnet.",
  "e2ee.what.3":
    "Verlierst du alle deine Geräte und dazu beides, kann niemand diese Nachrichten zurückholen, auch nicht, wer diesen Server betreibt.",
  "e2ee.audit":
    "Noch hat niemand von außen diese Verschlüsselung geprüft. Setze kein Leben darauf.",
  "e2ee.scripts":
    "Das Einrichten und das Bestätigen von Geräten geschieht im Browser und braucht JavaScript.",
  "e2ee.unsupported":
    "Diesem Browser fehlt, was die Verschlüsselung hier braucht. Ein aktueller Firefox, Chrome oder Safari hat es.",
  "e2ee.failed": "Die Verschlüsselung ist nicht angelaufen: {reason}",
  "e2ee.retry": "Noch einmal",

  "e2ee.state": "Stand",
  "e2ee.device.label": "Dieses Gerät",
  "e2ee.device.new":
    "Noch nicht eingerichtet. Das geschieht von selbst mit deiner ersten verschlüsselten Nachricht.",
  "e2ee.device.unapproved":
    "Noch nicht bestätigt: Es kann deine verschlüsselten Nachrichten nicht lesen.",
  "e2ee.device.ready": "Eingerichtet und bestätigt.",
  "e2ee.device.removed":
    "Aus deinem Konto entfernt. Melde dich neu an, um hier verschlüsselt zu schreiben.",
  "e2ee.recovery.label": "Wiederherstellung",
  "e2ee.recovery.none":
    "Nicht eingerichtet. Verlierst du dieses Gerät, sind deine verschlüsselten Nachrichten verloren.",
  "e2ee.recovery.half":
    "Halb fertig: Ein Weg zu deinen Nachrichten ist eingerichtet. Mit einem zweiten sind sie wiederherstellbar.",
  "e2ee.recovery.full": "Wiederherstellbar: Zwei Wege führen zu deinen Nachrichten.",
  "e2ee.recovery.unconfirmed":
    "Du hast nicht bestätigt, dass du deinen Wiederherstellungsschlüssel aufgehoben hast. Fehlt er dir, mach einen neuen.",
  "e2ee.backup.label": "Sicherung",
  "e2ee.backup.none": "Es gibt noch keine.",
  "e2ee.backup.saved":
    "Zuletzt gesichert {when}: die Schlüssel von {n, plural, one {# Nachricht} other {# Nachrichten}}, {size}.",
  "e2ee.backup.waiting":
    "{n, plural, one {# Nachricht wartet} other {# Nachrichten warten}} noch darauf.",
  "e2ee.backup.unreadable":
    "Dieses Gerät kann die Sicherung nicht öffnen: Ihr Schlüssel wurde anderswo gewechselt. Gib deinen Wiederherstellungsschlüssel oder deine Passphrase ein.",
  "e2ee.backup.rolledBack":
    "Der Server hat eine ältere Sicherung zurückgegeben, als dieses Gerät gespeichert hat. Hier ist nichts verloren; sag es denen, die den Server betreiben.",

  "e2ee.setup.begin": "Wiederherstellung einrichten",
  "e2ee.setup.more": "Den zweiten Weg einrichten",
  "e2ee.setup.step": "Schritt {n} von {of}",
  "e2ee.setup.done": "Deine Nachrichten sind wiederherstellbar",
  "e2ee.setup.doneText":
    "Melde dich auf einem neuen Gerät an und gib eines von beiden ein. Wer eines davon und dein Passwort hat, kann deine Nachrichten lesen: Hüte sie wie Hausschlüssel.",
  "e2ee.setup.later": "Später",
  "e2ee.setup.working": "Einen Moment …",
  "e2ee.next": "Weiter",
  "e2ee.finish": "Fertig",

  "e2ee.key.title": "Dein Wiederherstellungsschlüssel",
  "e2ee.key.text":
    "Er wird nur jetzt gezeigt. Druck ihn aus oder heb ihn in einem Passwortspeicher auf; nicht in einem Chat oder einer Mail.",
  "e2ee.key.label": "Wiederherstellungsschlüssel",
  "e2ee.key.copy": "Kopieren",
  "e2ee.key.download": "Herunterladen",
  "e2ee.key.print": "Drucken",
  "e2ee.key.file":
    "Wiederherstellungsschlüssel von {user} auf {server}, gemacht am {date}.\n\n{key}\n\nAuf einem neuen Gerät: anmelden und dort eingeben, wo nach deinen Nachrichten gefragt wird. Wer ihn und dein Passwort hat, kann deine verschlüsselten Nachrichten lesen.",
  "e2ee.key.confirm": "Hast du ihn?",
  "e2ee.key.confirmText": "Tippe zwei Gruppen daraus ab, von dort, wo du ihn aufgehoben hast.",
  "e2ee.key.group": "Gruppe {n}",
  "e2ee.key.wrongGroup": "Das ist nicht Gruppe {n}. Sieh noch einmal nach.",
  "e2ee.key.showAgain": "Schlüssel noch einmal zeigen",
  "e2ee.key.change": "Neuer Wiederherstellungsschlüssel",
  "e2ee.key.changeText":
    "Der jetzige Wiederherstellungsschlüssel gilt nicht mehr, sobald der neue gezeigt wird.",
  "e2ee.phrase.title": "Eine Passphrase",
  "e2ee.phrase.text":
    "Vier oder mehr Wörter, auf die niemand käme. Sie ist nicht dein Passwort: Der Server sieht sie nie.",
  "e2ee.phrase.label": "Passphrase",
  "e2ee.phrase.again": "Noch einmal",
  "e2ee.phrase.unequal": "Die beiden sind verschieden.",
  "e2ee.phrase.short": "Mindestens {n} Zeichen.",
  "e2ee.phrase.isPassword": "Nur Ziffern oder ein kurzes Wort sind in Minuten geraten.",
  "e2ee.phrase.set": "Passphrase festlegen",
  "e2ee.phrase.change": "Passphrase ändern",
  "e2ee.slots.title": "Wege zu deinen Nachrichten",
  "e2ee.slots.recovery_key": "Wiederherstellungsschlüssel",
  "e2ee.slots.passphrase": "Passphrase",
  "e2ee.slots.passkey": "Passkey",
  "e2ee.slots.passkeySet": "eingerichtet, zusätzlich zu den beiden darüber",
  "e2ee.passkey.title": "Ein Passkey für deine Nachrichten",
  "e2ee.passkey.text":
    "Dein Fingerabdruck, dein Gesicht, die PIN des Geräts oder ein Sicherheitsschlüssel öffnet deine Nachrichten auf einem neuen Gerät. Der Server erfährt nie, was sie öffnet.",
  "e2ee.passkey.extra":
    "Er ist eine Zugabe: Manche Passkeys bleiben auf einem Gerät und gehen mit ihm verloren, und nicht jeder Browser kann sie dafür verwenden. Er meldet dich nicht an. Heb deinen Wiederherstellungsschlüssel auf.",
  "e2ee.passkey.unable":
    "Dieser Browser kann Nachrichten nicht mit einem Passkey öffnen. Nimm einen anderen Weg.",
  "e2ee.passkey.make": "Passkey anlegen",
  "e2ee.passkey.add": "Passkey hinzufügen",
  "e2ee.passkey.change": "Neuer Passkey",
  "e2ee.passkey.remove": "Passkey entfernen",
  "e2ee.passkey.done": "Der Passkey öffnet jetzt deine Nachrichten.",
  "e2ee.passkey.fault.stopped":
    "Der Passkey wurde nicht verwendet. Du kannst es noch einmal versuchen.",
  "e2ee.passkey.fault.no_prf":
    "Dieser Passkey kann keine Nachrichten öffnen: Er hat kein Geheimnis zu geben. Du kannst ihn dort löschen, wo deine Passkeys liegen, und einen anderen oder einen anderen Weg nehmen.",
  "e2ee.passkey.fault.unsupported":
    "Dieser Browser kann unter dieser Adresse keine Passkeys verwenden. Nimm einen anderen Weg.",
  "e2ee.slots.device": "Ein anderes Gerät",
  "e2ee.slots.deviceText": "Ein neues Gerät liest hier einen Code ab und hat gleich alles.",
  "e2ee.slots.set": "eingerichtet",
  "e2ee.slots.notSet": "nicht eingerichtet",

  "e2ee.reset.title": "Neu anfangen",
  "e2ee.reset.text":
    "Wenn du jedes Gerät, den Wiederherstellungsschlüssel und die Passphrase verloren hast oder jemand anders sie hat, kannst du mit einer neuen Identität beginnen.",
  "e2ee.reset.begin": "Verschlüsselung zurücksetzen",
  "e2ee.reset.costs": "Was es kostet",
  "e2ee.reset.cost.1":
    "Verschlüsselte Nachrichten, die jetzt auf keinem deiner Geräte liegen, kann niemand mehr lesen.",
  "e2ee.reset.cost.2":
    "Alle deine anderen Geräte verlieren die Verschlüsselung und müssen neu eingerichtet werden.",
  "e2ee.reset.cost.3":
    "Wer dich bestätigt hatte, wird vor deiner neuen Identität gewarnt und muss dich neu bestätigen.",
  "e2ee.reset.cost.4":
    "Die Sicherung, der Wiederherstellungsschlüssel und die Passphrase werden wertlos.",
  "e2ee.reset.type": "Tippe {name}, um sicher zu sein",
  "e2ee.reset.password": "Dein Passwort",
  "e2ee.reset.submit": "Endgültig zurücksetzen",
  "e2ee.reset.done": "Du hast eine neue Identität. Richte als Nächstes die Wiederherstellung ein.",

  "e2ee.devices.title": "Deine Geräte",
  "e2ee.devices.lead":
    "Ein bestätigtes Gerät liest deine verschlüsselten Nachrichten; die anderen können es nicht.",
  "e2ee.devices.count":
    "{n, plural, one {Du bist auf # Gerät angemeldet.} other {Du bist auf # Geräten angemeldet.}}",
  "e2ee.devices.verified": "Bestätigt",
  "e2ee.devices.unverified": "Nicht bestätigt",
  "e2ee.devices.verify": "Bestätigen",
  "e2ee.devices.verifyNamed": "{name}: bestätigen",
  "e2ee.devices.rename": "Umbenennen",
  "e2ee.devices.renameNamed": "{name}: umbenennen",
  "e2ee.devices.newName": "Neuer Name",
  "e2ee.devices.remove": "Entfernen",
  "e2ee.devices.removeNamed": "{name}: entfernen",
  "e2ee.devices.removeText":
    "Es wird abgemeldet und verlässt alle verschlüsselten Unterhaltungen. Was es schon gelesen hat, kann es behalten.",
  "e2ee.devices.removeSure": "Ja, entfernen",

  "e2ee.prompt.title": "Behalte deine verschlüsselten Nachrichten",
  "e2ee.prompt.text":
    "Sie liegen jetzt nur auf deinen Geräten. Richte die Wiederherstellung ein, damit ein verlorenes Telefon sie nicht mitnimmt.",
  "e2ee.prompt.label": "Wiederherstellung",
  "e2ee.here.text": "Dieses Gerät kann deine verschlüsselten Nachrichten noch nicht lesen.",
  "e2ee.here.get": "Nachrichten holen",
  "e2ee.here.removed":
    "Dieses Gerät wurde aus deinem Konto entfernt und bekommt keine verschlüsselten Nachrichten mehr. Melde dich neu an, um sie hier zu lesen.",

  "e2ee.get.title": "Hol deine Nachrichten",
  "e2ee.get.lead":
    "Dein Konto hat verschlüsselte Nachrichten. Bestätige dieses Gerät auf einem der Wege, um sie hier zu lesen.",
  "e2ee.get.device": "Mit einem anderen Gerät",
  "e2ee.get.deviceText":
    "Öffne OpenGuild auf einem Gerät, auf dem du sie lesen kannst, und vergleiche.",
  "e2ee.get.deviceBegin": "Bilder vergleichen",
  "e2ee.get.scan": "Code scannen oder tippen",
  "e2ee.get.key": "Mit deinem Wiederherstellungsschlüssel",
  "e2ee.get.keyHint": "Leerzeichen sind gleichgültig.",
  "e2ee.get.phrase": "Mit deiner Passphrase",
  "e2ee.get.passkey": "Mit deinem Passkey",
  "e2ee.get.passkeyText": "Wenn dieses Gerät ihn hat oder dein Sicherheitsschlüssel zur Hand ist.",
  "e2ee.get.passkeyUse": "Passkey verwenden",
  "e2ee.get.submit": "Nachrichten holen",
  "e2ee.get.checking": "Die Sicherung wird geöffnet …",
  "e2ee.get.progress": "{done} von {total} Nachrichten wiederhergestellt",
  "e2ee.get.done": "Deine Nachrichten sind da",
  "e2ee.get.doneText":
    "{n, plural, one {Der Schlüssel von # Nachricht wurde} other {Die Schlüssel von # Nachrichten wurden}} wiederhergestellt.",
  "e2ee.get.goOn": "Weiter",
  "e2ee.get.skip": "Jetzt nicht",
  "e2ee.get.skipText":
    "Alles andere kannst du benutzen. Verschlüsselte Nachrichten bleiben hier zu, bis dieses Gerät bestätigt ist, und niemand schickt ihm neue.",
  "e2ee.get.lost": "Nichts davon?",
  "e2ee.get.lostText": "Dann hilft nur eine neue Identität. Was sie kostet, steht hier:",
  "e2ee.get.wrong": "Das öffnet die Sicherung nicht. Sieh nach Tippfehlern.",
  "e2ee.get.malformed":
    "Das ist kein Wiederherstellungsschlüssel: Er hat zwölf Gruppen zu vier Zeichen. Vergleiche Gruppe für Gruppe.",
  "e2ee.get.wrongGroup": "Sieh dir Gruppe {n} an: Ein Zeichen fehlt oder ist vertippt.",
  "e2ee.get.unreachable":
    "Der Server antwortet nicht. Nichts ist verloren; versuch es noch einmal.",

  "e2ee.code.show": "Code zeigen",
  "e2ee.code.showText":
    "Lies ihn mit dem neuen Gerät ab, oder tippe dort den Text darunter ein. Er gilt einmal, zehn Minuten lang.",
  "e2ee.code.picture": "QR-Code für das neue Gerät",
  "e2ee.code.type": "Code des anderen Geräts",
  "e2ee.code.use": "Diesen Code verwenden",
  "e2ee.code.camera": "Richte die Kamera auf den Code",
  "e2ee.code.noCamera":
    "Dieser Browser kann nicht scannen. Tippe den Code ein, der unter dem Bild steht.",
  "e2ee.code.refused":
    "Die Kamera darf nicht benutzt werden. Tippe den Code ein, der unter dem Bild steht.",
  "e2ee.code.wrong": "Das ist kein Code für dein Konto, oder er wurde schon benutzt.",

  "e2ee.person.show": "Meinen Code zeigen",
  "e2ee.person.scan": "Code scannen",
  "e2ee.person.showText":
    "{name} scannt ihn von deinem Bildschirm: in deiner Karte, „Code scannen“. Er gilt einmal, zehn Minuten lang.",
  "e2ee.person.picture": "QR-Code für {name}",
  "e2ee.person.camera": "Richte die Kamera auf den Code auf dem Bildschirm von {name}",
  "e2ee.person.noCamera":
    "Dieser Browser kann nicht scannen. Zeig stattdessen deinen eigenen Code, oder vergleicht Bilder.",
  "e2ee.person.refused":
    "Die Kamera darf nicht benutzt werden. Zeig stattdessen deinen eigenen Code, oder vergleicht Bilder.",
  "e2ee.person.waitNumber":
    "{name} sieht auch eine Zahl. Sagt euch, ob es diese ist; {name} bestätigt sie.",
  "e2ee.person.wrong": "Das ist kein Code, den {name} für dich zeigt, oder er wurde schon benutzt.",
  "e2ee.person.otherIdentity":
    "{name} wurden Schlüssel als deine gezeigt, die nicht deine sind: Jemand könnte zwischen euch stehen. Nichts wurde anerkannt.",

  "e2ee.verify.title": "{name} bestätigen",
  "e2ee.verify.own": "Ein Gerät bestätigen",
  "e2ee.verify.asked":
    "{name} möchte dich bestätigen. Vergleicht sieben Bilder, in einem Anruf oder von Angesicht zu Angesicht.",
  "e2ee.verify.someDevice": "neues Gerät",
  "e2ee.verify.askedOwn": "Ein anderes Gerät von dir, „{name}“, möchte bestätigt werden.",
  "e2ee.verify.askedOwnText":
    "Nimm nur an, wenn du dich dort gerade selbst anmeldest. Ein bestätigtes Gerät liest alle deine verschlüsselten Nachrichten.",
  "e2ee.verify.accept": "Vergleichen",
  "e2ee.verify.refuse": "Ablehnen",
  "e2ee.verify.waitAccept": "Warten, bis {name} annimmt …",
  "e2ee.verify.waitAcceptOwn":
    "Nimm auf deinem anderen Gerät an, dort ist ein Fenster aufgegangen.",
  "e2ee.verify.compare": "Zeigen beide Seiten dieselben sieben Bilder in derselben Reihenfolge?",
  "e2ee.verify.compareNumber": "Zeigt das Gerät, das den Code gelesen hat, diese Zahl?",
  "e2ee.verify.waitNumber": "Sag auf deinem anderen Gerät, dass es diese Zahl zeigt.",
  "e2ee.verify.compareOther":
    "Frag {name} in einem Anruf oder von Angesicht zu Angesicht, nicht in einem Chat: Wer mitliest, könnte antworten.",
  "e2ee.verify.list": "Sieben Bilder",
  "e2ee.verify.numbers": "Oder vergleicht diese Zahlen",
  "e2ee.verify.same": "Sie sind gleich",
  "e2ee.verify.differ": "Sie sind verschieden",
  "e2ee.verify.waitConfirm": "Warten, bis die andere Seite das auch sagt …",
  "e2ee.verify.done": "{name} ist bestätigt",
  "e2ee.verify.doneOwn": "Das Gerät ist bestätigt",
  "e2ee.verify.doneText": "Ändert sich die Identität je, erfährst du es, bevor du etwas schickst.",
  "e2ee.verify.doneOwnText": "Es liest jetzt deine verschlüsselten Nachrichten.",
  "e2ee.verify.cancelled": "Nicht bestätigt",
  "e2ee.cancel.refused": "Die andere Seite hat abgelehnt.",
  "e2ee.cancel.mismatch":
    "Die Bilder waren nicht gleich. Vielleicht steht jemand zwischen euch: Versuch es über eine andere Verbindung.",
  "e2ee.cancel.timeout": "Die andere Seite hat nicht rechtzeitig geantwortet.",
  "e2ee.cancel.other_device": "Es wurde auf einem anderen Gerät beantwortet.",
  "e2ee.cancel.unsupported": "Die Version der anderen Seite kann das nicht.",
  "e2ee.cancel.failed": "Es kam etwas an, das nicht passt: Nichts wurde bestätigt.",

  "e2ee.trust.verified": "Bestätigt",
  "e2ee.trust.verifiedText": "Ihr habt eure Schlüssel verglichen, du und {name}.",
  "e2ee.trust.unverified": "Nicht bestätigt",
  "e2ee.trust.unverifiedText":
    "Deine Nachrichten an {name} sind verschlüsselt. Bestätige, um sicher zu sein, dass niemand dazwischen steht.",
  "e2ee.trust.begin": "Bestätigen",

  "e2ee.changed.title": "{name} hat eine neue Identität",
  "e2ee.changed.loud":
    "Du hattest {name} bestätigt. Eine neue Identität kann ein Neuanfang nach einem verlorenen Telefon sein, oder jemand, der sich als {name} ausgibt. Nichts wird geschickt, bis du entscheidest.",
  "e2ee.changed.calm":
    "{name} hat eine neue Identität, wie nach einem Neuanfang oder einem verlorenen Telefon.",
  "e2ee.changed.accept": "Neue Identität annehmen",
  "e2ee.changed.verify": "Neu bestätigen",
  "e2ee.unsigned.line":
    "{n, plural, one {# Gerät von {name} ist nicht von {name} bestätigt. Es bekommt keine Nachrichten.} other {# Geräte von {name} sind nicht von {name} bestätigt. Sie bekommen keine Nachrichten.}}",
  "e2ee.unsigned.own":
    "{n, plural, one {# deiner Geräte ist nicht bestätigt und bekommt keine verschlüsselten Nachrichten.} other {# deiner Geräte sind nicht bestätigt und bekommen keine verschlüsselten Nachrichten.}}",
  "e2ee.unsigned.look": "Geräte ansehen",
};
