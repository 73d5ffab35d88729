import type { voiceSettingsTexts, voiceTexts } from "./en_voice.ts";

/** Sprachkanäle und Gespräche. */
export const germanVoice: Record<keyof typeof voiceTexts, string> = {
  "call.join": "Am Gespräch teilnehmen",
  "call.joinText": "Noch ist niemand hier. Komm dazu: Wer danach kommt, hört dich.",
  "call.noRight": "Hier darfst du an Gesprächen nicht teilnehmen.",
  "call.inside": "{n, plural, one {# Person dabei} other {# Personen dabei}}",
  "call.insideIn": "Dabei in {name}",
  "call.you": "du",
  "call.here": "Im Gespräch",
  "call.speaks": "spricht",
  "call.records": "zeichnet das Gespräch auf",
  "call.hasPriority": "spricht mit Vorrang",
  "call.is.muted": "stumm",
  "call.is.deafened": "hört nichts",
  "call.is.serverMuted": "von der Moderation stummgeschaltet",
  "call.is.serverDeafened": "von der Moderation taubgeschaltet",
  "call.is.arriving": "verbindet sich",
  "call.about": "{name}: Lautstärke und mehr",

  "ring.start": "Anrufen",
  "ring.panel": "Eingehende Anrufe",
  "ring.calls": "ruft dich an",
  "ring.callsIn": "ruft in {name} an",
  "ring.title": "{name} ruft an",
  "ring.accept": "Annehmen",
  "ring.acceptFrom": "Anruf von {name} annehmen",
  "ring.decline": "Ablehnen",
  "ring.declineFrom": "Anruf von {name} ablehnen",
  "ring.is.ringing": "es klingelt …",
  "ring.is.declined": "abgelehnt",
  "ring.is.missed": "keine Antwort",
  "ring.again": "Noch einmal klingeln",
  "ring.over": "Der Anruf war schon vorbei.",
  "ring.inCall": "{n, plural, one {Gespräch: # Person dabei} other {Gespräch: # Personen dabei}}",
  "ring.missed": "Verpasster Anruf",
  "ring.missedFrom":
    "{n, plural, one {Verpasster Anruf von {name}, {when}} other {# verpasste Anrufe, zuletzt von {name}, {when}}}",
  "ring.callBack": "Zurückrufen",
  "ring.forget": "Diesen Hinweis weglegen",

  "call.panel": "Gespräch",
  "call.in": "Gespräch in {name}",
  "call.phase.connecting": "Verbindung wird aufgebaut …",
  "call.phase.connected": "Verbunden",
  "call.phase.reconnecting": "Die Verbindung ist abgerissen. Neuer Versuch …",
  "call.phase.stopped": "Nicht verbunden",
  "call.phase.asking": "Bevor du beitrittst",
  "call.mute": "Stummschalten",
  "call.unmute": "Stummschaltung aufheben",
  "call.deafen": "Ton aus",
  "call.undeafen": "Wieder hören",
  "call.priority": "Andere leiser machen, während du sprichst",
  "call.recorded": "{name} zeichnet dieses Gespräch auf.",
  "call.leave": "Gespräch verlassen",
  "call.details": "Verschlüsselung, Personen und Qualität",
  "call.hold": "Zum Sprechen halten",
  "call.holdKey": "Zum Sprechen halten, oder {key} halten",
  "call.retry": "Noch einmal versuchen",
  "call.settings": "Spracheinstellungen",
  "call.dismiss": "Schließen",
  "call.heldMuted": "Die Moderation hat dich hier stummgeschaltet.",
  "call.maySpeakNot": "Du darfst hier zuhören, aber nicht sprechen.",
  "call.quality.unknown": "Qualität noch nicht bekannt",
  "call.quality.good": "Gute Verbindung",
  "call.quality.fair": "Mäßige Verbindung",
  "call.quality.poor": "Schlechte Verbindung",

  "call.trouble.insecure":
    "Browser geben das Mikrofon nur sicheren Seiten. Öffne OpenGuild unter einer Adresse, die mit https beginnt.",
  "call.trouble.unsupported":
    "Dieser Browser kann Gespräche nicht verschlüsseln. Ein aktueller Chrome, Edge, Firefox oder Safari kann es.",
  "call.trouble.unapproved":
    "Gespräche sind verschlüsselt, und dieser Browser ist für dein Konto noch nicht freigegeben. Gib ihn frei und komm dann wieder.",
  "call.trouble.approve": "Diesen Browser freigeben",
  "call.trouble.blocked":
    "Dieses Netz lässt keinen Ton zum Server durch. Versuch ein anderes Netz, schalte ein VPN aus oder frag, wer den Server betreibt, nach dem Sprachport.",
  "call.trouble.full": "Dieses Gespräch ist voll. Versuch es wieder, wenn jemand gegangen ist.",
  "call.trouble.forbidden":
    "An diesem Gespräch darfst du nicht teilnehmen, oder den Kanal gibt es nicht mehr.",
  "call.trouble.unavailable": "Auf diesem Server kann man gerade an keinem Gespräch teilnehmen.",
  "call.trouble.address":
    "Dieses Gespräch läuft über {server}, und dieser Server sieht dann die Adresse dieses Geräts. Mithören kann er nicht.",
  "call.trouble.serverAway":
    "{server}, worüber dieses Gespräch läuft, ist nicht erreichbar. Versuch es gleich noch einmal.",
  "call.trouble.serverOff":
    "{server}, worüber dieses Gespräch laufen würde, bietet gerade keine Gespräche an.",
  "call.agree": "Einverstanden, teilnehmen",
  "call.trouble.failed": "Das Gespräch kam nicht zustande. Versuch es noch einmal.",
  "call.microphone.denied":
    "Das Mikrofon ist nicht erlaubt. Erlaube es im Browser neben der Adresse und versuch es noch einmal.",
  "call.microphone.missing":
    "Es wurde kein Mikrofon gefunden. Schließ eines an oder wähle ein anderes in den Einstellungen.",
  "call.microphone.busy":
    "Das Mikrofon ließ sich nicht öffnen: Vielleicht nutzt es ein anderes Programm.",
  "call.hearsAnyway": "Die anderen hörst du trotzdem.",
  "call.soundless":
    "Hier lässt sich nichts abspielen: Der Browser hat weder Lautsprecher noch Kopfhörer gefunden. Schließ welche an und versuch es noch einmal.",

  "call.ended.elsewhere":
    "Du nimmst auf einem anderen Gerät an einem Gespräch teil, darum wurde dieses verlassen.",
  "call.ended.moved": "Die Moderation hat dich verschoben.",
  "call.ended.disconnected": "Die Moderation hat dich aus dem Gespräch genommen.",
  "call.ended.no_right": "An jenem Gespräch darfst du nicht mehr teilnehmen.",
  "call.ended.signed_out": "Das Gespräch endete mit deiner Sitzung.",
  "call.ended.no_gateway": "Die Verbindung war zu lange weg, darum wurde das Gespräch verlassen.",
  "call.ended.no_media": "Zu lange kam kein Ton durch, darum wurde das Gespräch verlassen.",
  "call.ended.server_away": "Der Server, über den das Gespräch läuft, war nicht mehr erreichbar.",
  "call.ended.closed": "Der Server hat das Gespräch beendet.",

  "call.encrypted": "Ende-zu-Ende-verschlüsselt",
  "call.encryptedText":
    "Nur die Geräte unten können dieses Gespräch hören; der Server leitet weiter, was er nicht entschlüsseln kann. Um sicher zu sein, dass niemand dazwischen sitzt, lest euch diesen Code vor: Er ist bei allen gleich.",
  "call.code": "Code des Gesprächs",
  "call.codeWaits": "Schlüssel werden ausgetauscht …",
  "call.copyCode": "Code kopieren",
  "call.devices": "Geräte im Gespräch",
  "call.device.verified": "bestätigt",
  "call.device.known": "nicht bestätigt",
  "call.device.changed": "andere Identität als zuvor",
  "call.deviceId": "Gerät {device}",
  "call.figures": "Verbindung",
  "call.figure.rtt": "Hin und zurück",
  "call.figure.loss": "Verlorene Pakete",
  "call.figure.jitter": "Schwankung",
  "call.figure.undecryptable": "Nicht zu entschlüsseln",
  "call.figure.ms": "{n} ms",
  "call.figure.percent": "{n} %",
  "call.figure.none": "noch nicht bekannt",

  "show.screen": "Bildschirm teilen",
  "show.screenEnd": "Nicht mehr teilen",
  "show.camera": "Kamera einschalten",
  "show.cameraEnd": "Kamera ausschalten",
  "show.stage": "Bildschirme und Kameras",
  "show.of.screen": "Bildschirm von {name}",
  "show.of.camera": "Kamera von {name}",
  "show.own.screen": "Dein Bildschirm, wie die anderen ihn sehen",
  "show.own.camera": "Deine Kamera, wie die anderen sie sehen",
  "show.watch": "Ansehen",
  "show.watch.screen": "Den Bildschirm von {name} ansehen",
  "show.watch.camera": "Die Kamera von {name} ansehen",
  "show.leave": "Nicht mehr ansehen",
  "show.joinToWatch": "Nimm am Gespräch teil, um zuzusehen.",
  "show.waits": "Das Bild kommt gleich…",
  "show.large": "Groß zeigen",
  "show.small": "Alle gleich groß zeigen",
  "show.full": "Vollbild",
  "show.float": "In einem eigenen Fenster",
  "show.sound": "Ton des Bildschirms",
  "show.elsewhere": "Du siehst zu. Zurück zum Bild",
  "show.sharing.screen": "Andere können deinen Bildschirm sehen.",
  "show.sharing.camera": "Andere können deine Kamera sehen.",
  "show.live": "Live",
  "show.live.screen": "teilt einen Bildschirm",
  "show.live.camera": "hat die Kamera an",
  "show.ended":
    "Ein Moderator hat beendet, was du gezeigt hast, oder du darfst hier nichts mehr zeigen.",
  "show.mod.stop": "Beenden, was gezeigt wird",
  "show.trouble.screen.denied":
    "Nichts wird geteilt: Die Auswahl wurde abgebrochen, oder Browser oder System erlauben es nicht.",
  "show.trouble.screen.missing": "Der Browser hat keinen Bildschirm und kein Fenster gefunden.",
  "show.trouble.screen.busy":
    "Der Bildschirm konnte nicht geteilt werden. Versuche es noch einmal oder wähle ein anderes Fenster.",
  "show.trouble.camera.denied":
    "Die Kamera ist nicht erlaubt. Erlaube sie im Browser neben der Adresse und versuche es noch einmal.",
  "show.trouble.camera.missing":
    "Keine Kamera gefunden. Schließe eine an und versuche es noch einmal.",
  "show.trouble.camera.busy":
    "Die Kamera konnte nicht geöffnet werden: Vielleicht benutzt sie ein anderes Programm.",

  "call.volume": "Lautstärke für dich",
  "call.volumePercent": "{n} %",
  "call.notInCall": "{name} ist nicht mehr in diesem Gespräch.",
  "call.profile": "Profil zeigen",
  "call.moderate": "Moderieren",
  "call.mod.mute": "Für alle stummschalten",
  "call.mod.unmute": "Wieder sprechen lassen",
  "call.mod.deafen": "Taubschalten",
  "call.mod.undeafen": "Wieder hören lassen",
  "call.mod.disconnect": "Aus dem Gespräch nehmen",
  "call.mod.move": "Verschieben nach",
  "call.mod.moveTo": "{name} nach {channel} verschieben",
};

export const germanVoiceSettings: Record<keyof typeof voiceSettingsTexts, string> = {
  "voiceSet.title": "Sprache und Ton",
  "voiceSet.lead":
    "Wie dieser Browser an Gesprächen teilnimmt. Nichts davon verlässt diesen Browser.",
  "voiceSet.devices": "Geräte",
  "voiceSet.input": "Mikrofon",
  "voiceSet.output": "Lautsprecher",
  "voiceSet.system": "Wie das System es wählt",
  "voiceSet.unnamed": "Gerät {n}",
  "voiceSet.noOutput":
    "Dieser Browser spielt Gespräche auf dem Lautsprecher, den das System wählt.",
  "voiceSet.soundless":
    "Es wurde keine Tonausgabe gefunden: Hier lässt sich nichts abspielen, und Gespräche sind nicht zu hören. Schließ Lautsprecher oder Kopfhörer an und teste noch einmal.",
  "voiceSet.allowText": "Der Browser nennt Geräte, wenn das Mikrofon erlaubt ist.",
  "voiceSet.test": "Mikrofon testen",
  "voiceSet.stopTest": "Test beenden",
  "voiceSet.hearSelf": "Mir vorspielen",
  "voiceSet.testOutput": "Einen Ton spielen",
  "voiceSet.level": "Pegel des Mikrofons",
  "voiceSet.levelText": "Sprich: Der Balken geht über die Marke, wenn du durchgelassen wirst.",
  "voiceSet.talk": "Wann man dich hört",
  "voiceSet.activity": "Wenn ich spreche",
  "voiceSet.activityHint": "Das Mikrofon öffnet ab einer Lautstärke und schließt in Pausen.",
  "voiceSet.push": "Nur solange ich eine Taste halte",
  "voiceSet.pushHint":
    "Die Taste wirkt, solange OpenGuild den Fokus hat; auf dem Telefon gibt es einen Knopf. Wähle sie unter Tastatur.",
  "voiceSet.keyboard": "Taste wählen",
  "voiceSet.threshold": "Öffnet ab",
  "voiceSet.thresholdDb": "{n} dB",
  "voiceSet.filters": "Filter",
  "voiceSet.noise": "Rauschen unterdrücken",
  "voiceSet.noiseHint": "Nimmt Lüfter, Tasten und Straßen heraus. Aus für Musik.",
  "voiceSet.echo": "Echo unterdrücken",
  "voiceSet.echoHint": "Damit andere sich nicht selbst aus deinem Lautsprecher hören.",
  "voiceSet.gain": "Lautstärke ausgleichen",
  "voiceSet.gainHint": "Hebt eine leise Stimme und senkt eine laute.",
  "voiceSet.way": "Verbindung",
  "voiceSet.way.hint":
    "Probiert den Weg, den deine Stimme zu diesem Server nähme. Nichts wird aufgenommen.",
  "voiceSet.way.test": "Verbindung testen",
  "voiceSet.way.tries": "Wird versucht…",
  "voiceSet.way.udp": "Gespräche kommen von hier aus durch.",
  "voiceSet.way.tcp":
    "Gespräche kommen auf einem Umweg (TCP) durch, weil dieses Netz oder die Firewall des Servers kein UDP durchlässt: Sie gehen, können aber stocken.",
  "voiceSet.way.trip": "Hin und zurück dauert es {ms} ms.",
  "voiceSet.way.blocked":
    "In 15 Sekunden kam nichts durch. Gehen Gespräche in einem anderen Netz, liegt es an diesem; gehen sie nirgends, muss die Firewall des Servers diese durchlassen, oder es sind nicht seine äußeren Adressen:",
  "voiceSet.way.absent.off": "Sprache ist auf diesem Server ausgeschaltet.",
  "voiceSet.way.absent.no_address":
    "Dieser Server weiß nicht, unter welcher Adresse er für Sprache erreichbar ist; wer ihn verwaltet, muss voice.announce setzen.",
  "voiceSet.way.absent.no_port":
    "Dieser Server konnte seinen Sprachport nicht öffnen; wer ihn verwaltet, findet den Grund im Protokoll.",
  "voiceSet.way.absent.other_process":
    "Die Gespräche dieses Servers hält ein anderer seiner Prozesse; du bist mit einem verbunden, der es nicht kann.",
  "voiceSet.sounds": "Töne",
  "voiceSet.soundsOn": "Töne beim Kommen, Gehen und Stummschalten",
  "voiceSet.ringOn": "Klingeln, wenn mich jemand anruft und während ich anrufe",
  "voiceSet.ringHint":
    "Gezeigt werden Anrufe immer. Bei „Nicht stören“ klingelt keiner, in stummgeschalteten Unterhaltungen auch nicht.",
  "voiceSet.insecure":
    "Browser geben das Mikrofon nur sicheren Seiten. Öffne OpenGuild unter einer Adresse, die mit https beginnt.",
  "voiceSet.noScript": "Geräte zu wählen geht nur mit Skripten.",
  "voiceSet.trouble.denied":
    "Das Mikrofon ist nicht erlaubt. Erlaube es im Browser neben der Adresse und versuch es noch einmal.",
  "voiceSet.trouble.missing":
    "Es wurde kein Mikrofon gefunden. Schließ eines an oder wähle ein anderes.",
  "voiceSet.trouble.busy":
    "Das Mikrofon ließ sich nicht öffnen: Vielleicht nutzt es ein anderes Programm.",
};
