import type { privateTexts as english } from "./en_private.ts";

/** Texts of encrypted conversations in the chat, in German. */
export const privateTexts: Record<keyof typeof english, string> = {
  "lock.not": "Nicht verschlüsselt",
  "lock.notLong": "Die Server der Leute hier speichern diese Unterhaltung lesbar.",
  "lock.on": "Verschlüsselt",
  "lock.onLong":
    "Nur die Geräte der Leute hier können lesen, was gesagt wird, kein Server kann es.",
  "lock.verified": "Verschlüsselt, bestätigt",
  "lock.verifiedLong":
    "Nur die Geräte der Leute hier können lesen, was gesagt wird, und jedes davon wurde bestätigt.",
  "sealed.begin": "Diese Unterhaltung verschlüsseln",
  "sealed.beginText.1":
    "Von da an können nur deine Geräte und die von {name} lesen, was ihr euch schreibt; kein Server auf dem Weg kann es. Das lässt sich nicht zurücknehmen.",
  "sealed.beginText.2":
    "Was vorher gesagt wurde, bleibt, wie es ist, und wer alle Geräte ohne Wiederherstellungsschlüssel verliert, kann die verschlüsselten Nachrichten nicht mehr lesen.",
  "sealed.beginChannel": "Diesen Kanal verschlüsseln",
  "sealed.beginChannelText.1":
    "Von da an können nur die Geräte der Leute in #{name} lesen, was hier geschrieben wird; kein Server kann es. Das lässt sich nicht zurücknehmen.",
  "sealed.beginChannelText.2":
    "Wer später dazukommt, liest, was von da an gesagt wird, und wer entfernt wird, liest nichts, was danach kommt.",
  "sealed.notYourChannel": "Nur wem dieser Kanal gehört, kann die Verschlüsselung einschalten.",
  "sealed.beganChannel": "Nachrichten in #{name} sind ab hier verschlüsselt.",
  "channel.encrypt": "Verschlüsseln",
  "channel.encryptHint":
    "Nur die Geräte seiner Mitglieder können ihn lesen, kein Server kann es. Das lässt sich nicht zurücknehmen.",
  "channel.cannotEncrypt":
    "{reason} Ohne Verschlüsselung lässt sich der Kanal von hier aus anlegen.",
  "channelPeople.title": "Leute in diesem Kanal",
  "channelPeople.of": "Leute in #{name}",
  "channelPeople.encrypted":
    "Wer dazukommt, liest, was von da an gesagt wird. Wer entfernt wird, liest nichts, was danach kommt.",
  "channelPeople.more":
    "{n, plural, one {Eine weitere Person ist} other {# weitere Leute sind}} hier.",
  "channelPeople.remove": "Entfernen",
  "channelPeople.removeName": "{name} entfernen",
  "channelPeople.removed": "{name} ist nicht mehr in diesem Kanal.",
  "channelPeople.add": "Leute hinzufügen",
  "channelPeople.search": "In der Gilde suchen",
  "channelPeople.addAct": "Hinzufügen",
  "channelPeople.addName": "{name} hinzufügen",
  "channelPeople.added": "{name} ist in diesem Kanal.",
  "channelPeople.all": "Alle aus der Gilde sind in diesem Kanal.",
  "channelPeople.none": "Niemand sonst in der Gilde heißt so.",
  "sealed.beginAct": "Ab hier verschlüsseln",
  "sealed.beginning": "Die Verschlüsselung beginnt …",
  "sealed.looking": "Die Geräte von {name} werden gesucht …",
  "sealed.noDevice": "{name} hat OpenGuild nicht geöffnet, seit es die Verschlüsselung gibt.",
  "sealed.noDeviceText":
    "Verschlüsselung braucht ein Gerät auf der anderen Seite. Sie kann von selbst beginnen, sobald es eins gibt, solange OpenGuild hier offen ist.",
  "sealed.beginLater": "Beginnen, sobald es geht",
  "sealed.waits": "Die Verschlüsselung beginnt, wenn {name} OpenGuild öffnet.",
  "sealed.notYours":
    "Die Verschlüsselung lässt sich einschalten, sobald du diese Unterhaltung angenommen hast.",
  "sealed.began": "Nachrichten mit {name} sind ab hier verschlüsselt.",
  "sealed.unapproved":
    "Dein Konto hat die Verschlüsselung auf einem anderen Gerät. Dieser Browser braucht ein Wort von diesem Gerät oder deinen Wiederherstellungsschlüssel, bevor er verschlüsseln kann.",
  "sealed.setUp": "Diesen Browser einrichten",
  "sealed.lack.insecure":
    "Verschlüsselung braucht eine sichere Verbindung: Öffne OpenGuild unter einer Adresse, die mit https beginnt.",
  "sealed.lack.storage":
    "Dieser Browser behält hier nichts, wie in manchen privaten Fenstern: Die Verschlüsselung braucht einen Ort für ihre Schlüssel.",
  "sealed.lack.algorithms":
    "Diesem Browser fehlt, was die Verschlüsselung braucht. Eine aktuelle Version von Firefox, Chrome oder Safari hat es.",
  "sealed.fromHere": "Ab hier sind Nachrichten verschlüsselt",
  "sealed.above": "Was darüber steht, ist es nicht",
  "sealed.plain": "Nicht verschlüsselt",
  "sealed.plainLong":
    "Das kam unverschlüsselt, nachdem die Verschlüsselung eingeschaltet war. Wer es unterwegs lesen konnte, ist nicht bekannt.",
  "sealed.opening": "Nachricht wird geöffnet",
  "sealed.restoring": "Nachricht wird wiederhergestellt …",
  "sealed.fault.restoring": "Der Schlüssel dieser Nachricht ist noch nicht hier.",
  "sealed.fault.before_join": "Gesendet, bevor dieses Gerät dabei war.",
  "sealed.fault.not_genuine":
    "Diese Nachricht kommt nicht von der Person, die sie nennt, und wird deshalb nicht gezeigt.",
  "sealed.fault.damaged": "Diese Nachricht kam beschädigt an.",
  "sealed.fault.lost": "Keins deiner Geräte hat noch den Schlüssel dieser Nachricht.",
  "sealed.fault.device_not_ready":
    "Dieser Browser ist nicht dafür eingerichtet, verschlüsselte Nachrichten zu lesen.",
  "sealed.again": "Nochmals versuchen",
  "sealed.more": "Ältere Nachrichten zurückholen",
  "sealed.new": "Verschlüsselte Nachricht",
  "composer.sealedDm": "Verschlüsselte Nachricht an {name}",
  "composer.sealedChannel": "Verschlüsselte Nachricht an #{name}",
  "sealed.bar.starting":
    "Die Verschlüsselung wird vorbereitet. Was du schreibst, geht hinaus, sobald sie bereit ist.",
  "sealed.bar.reconnecting": "Wird wieder sicher verbunden …",
  "sealed.bar.order_disputed":
    "Was {server} über Änderungen dieser Unterhaltung sagt, ist nicht belegt, deshalb folgt dieser Browser ihnen nicht. Nachrichten gehen weiter.",
  "sealed.bar.sequencer_unreachable":
    "Änderungen der Gruppe ruhen: {server} ist nicht erreichbar. Nachrichten gehen weiter.",
  "sealed.bar.removal_pending":
    "Ein Gerät, das gegangen ist, wird gerade ausgesperrt. Dann gehen Nachrichten weiter.",
  "sealed.bar.unexpected_member":
    "In dieser Unterhaltung ist jemand, der nicht hierher gehört. Es wird nichts gesendet.",
  "sealed.bar.too_many_rejoins":
    "Diese Unterhaltung ließ sich nicht sicher verbinden. Was du schreibst, wartet, und es wird von selbst noch einmal versucht.",
  "sealed.bar.waiting_for_devices":
    "{name} hat noch kein Gerät, das dies lesen kann. Was du schreibst, geht hinaus, sobald es eins gibt.",
  "sealed.bar.waiting_for_answer":
    "{name} ist noch nicht zurück. Was du schreibst, geht dann verschlüsselt hinaus.",
  "sealed.bar.look": "Ansehen",
  "sealed.refused.identity_changed":
    "Die Identität von jemandem hier hat sich geändert. Sieh sie dir zuerst an.",
  "sealed.refused.unexpected_member": "Hier ist jemand, der nicht hierher gehört.",
  "health.title": "Verschlüsselung hier",
  "health.looking": "Dieses Gerät wird gefragt…",
  "health.line": "Bei der Ordnung dieser Unterhaltung ist etwas aufgefallen.",
  "health.orders": "Wer Änderungen ordnet",
  "health.ordersText":
    "{server} entscheidet, welche Änderung an Leuten und Geräten zuerst kommt. Lesen kann er nicht, was gesagt wird.",
  "health.ordersPaused":
    "{server} entscheidet, welche Änderung an Leuten und Geräten zuerst kommt, und antwortet gerade nicht. Nachrichten gehen weiter, Änderungen warten.",
  "health.ordersUnknown": "Noch nicht bekannt.",
  "health.former": "Davor: {servers}.",
  "health.successors": "Wer übernimmt",
  "health.successorsText": "Wenn er ausfällt: {servers}.",
  "health.receipts": "Beleg der Ordnung",
  "health.receipts.checked": "Dieses Gerät hat die Unterschrift der letzten Änderung geprüft.",
  "health.receipts.unchecked":
    "Die letzte Änderung ließ sich nicht prüfen: Der Schlüssel des Servers war nicht erreichbar. Mit der nächsten wird es wieder versucht.",
  "health.receipts.none": "Noch nichts zu prüfen: Dieses Gerät hat noch keine Änderung gesehen.",
  "health.code": "Code zum Vergleichen",
  "health.codeText":
    "Lest ihn euch in einem Anruf oder von Angesicht zu Angesicht vor. Sehen alle denselben, sitzt niemand dazwischen. Er ist ein neuer, sobald sich Leute, Geräte oder Schlüssel ändern.",
  "health.codeNone": "Es gibt keinen, solange dieses Gerät nicht in der Unterhaltung ist.",
  "health.problems": "Was aufgefallen ist",
  "health.problemsNone": "Nichts, das nicht sein sollte.",
  "health.problemsNoneNew": "Nichts Neues.",
  "health.looked": "Ich habe es angesehen",
  "health.known": "{n, plural, one {# Sache, die} other {# Dinge, die}} du angesehen hast",
  "health.someServer": "Ein Server",
  "health.somebody": "Jemand",
  "health.problem.two_stories":
    "{server} hat für denselben Augenblick zwei verschiedene Änderungen unterschrieben.",
  "health.help.two_stories":
    "Er hat verschiedenen Leuten Verschiedenes gesagt; beide Unterschriften belegen es. Vergleicht den Code oben. Ist er verschieden, beginnt eine neue Unterhaltung von einem anderen Server aus und sagt es denen, die diesen betreiben.",
  "health.problem.void_changes":
    "Änderungen, die {server} ohne Verbindung gemacht hat, zählen nicht.",
  "health.help.void_changes":
    "Inzwischen hatte ein anderer Server übernommen. Es ist nichts zu tun; eine Nachricht von gerade dann muss vielleicht noch einmal gesendet werden.",
  "health.problem.broken_chain":
    "Eine Änderung, die {server} unterschrieben hat, folgt nicht auf die davor.",
  "health.help.broken_chain":
    "Das kommt vor, wenn ein Server aus einer alten Sicherung wiederhergestellt wurde. Vergleicht den Code oben; ist er gleich, ist alles gut.",
  "health.problem.bad_receipt": "{server} hat eine Änderung ohne gültige Unterschrift gemeldet.",
  "health.help.bad_receipt":
    "Dieses Gerät ist ihr nicht gefolgt. Geht es so weiter, sag es denen, die deinen Server betreiben; bis dahin können Leute und Geräte vielleicht nicht dazukommen.",
  "health.problem.useless_commit": "Ein Gerät von {name} hat den gemeinsamen Schlüssel zerstört.",
  "health.help.useless_commit":
    "Dieses Gerät hat sich von selbst neu verbunden. Passiert es öfter, bitte darum, jenes Gerät zu entfernen, oder nimm die Person aus der Unterhaltung.",
  "health.problem.false_keys": "{name} hat Schlüssel geteilt, die nicht zu den Nachrichten passen.",
  "health.help.false_keys":
    "Sie wurden nicht benutzt, jene Nachrichten bleiben verschlossen. Jemand anderes aus der Unterhaltung kann sie mit dir teilen.",
  "pastShare.title": "Früher Gesagtes teilen",
  "pastShare.nothing": "Nichts",
  "pastShare.days": "{n, plural, one {Den letzten Tag} other {Die letzten # Tage}}",
  "pastShare.act": "Teilen",
  "pastShare.text":
    "{name} bekommt die Schlüssel für das, was du hier selbst lesen kannst. Alle in der Unterhaltung sehen, dass du es teilst.",
  "pastShare.owner":
    "Nur {owner} kann hier erlauben, dass Leute lesen, was vor ihrem Kommen gesagt wurde.",
  "pastShare.line":
    "{n, plural, one {{name} hat # Tag mit {other} geteilt.} other {{name} hat # Tage mit {other} geteilt.}}",
  "pastShare.done":
    "{n, plural, one {{name} kann jetzt den letzten Tag lesen.} other {{name} kann jetzt die letzten # Tage lesen.}}",
  "pastShare.waiting": "{name} bekommt es, sobald alle Geräte von dort dazugekommen sind.",
  "pastShare.empty": "Aus dieser Zeit gibt es hier nichts, was du selbst lesen kannst.",
  "sealed.refused.later": "Die Unterhaltung ist noch nicht bereit.",
  "sealed.fileNotSealed":
    "{name} wurde angehängt, bevor die Verschlüsselung begann. Hänge es noch einmal an.",
  "sealed.fileLoading": "{name} wird geöffnet",
  "sealed.fileFault": "{name} lässt sich nicht öffnen: {reason}",
  "sealed.fileDamaged": "Es ist nicht das, was gesendet wurde.",
};
