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
  "call.is.muted": "stumm",
  "call.is.deafened": "hört nichts",
  "call.is.serverMuted": "von der Moderation stummgeschaltet",
  "call.is.serverDeafened": "von der Moderation taubgeschaltet",
  "call.is.arriving": "verbindet sich",
  "call.about": "{name}: Lautstärke und mehr",

  "call.panel": "Gespräch",
  "call.in": "Gespräch in {name}",
  "call.phase.connecting": "Verbindung wird aufgebaut …",
  "call.phase.connected": "Verbunden",
  "call.phase.reconnecting": "Die Verbindung ist abgerissen. Neuer Versuch …",
  "call.phase.stopped": "Nicht verbunden",
  "call.mute": "Stummschalten",
  "call.unmute": "Stummschaltung aufheben",
  "call.deafen": "Ton aus",
  "call.undeafen": "Wieder hören",
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
  "call.trouble.failed": "Das Gespräch kam nicht zustande. Versuch es noch einmal.",
  "call.microphone.denied":
    "Das Mikrofon ist nicht erlaubt. Erlaube es im Browser neben der Adresse und versuch es noch einmal. Die anderen hörst du trotzdem.",
  "call.microphone.missing":
    "Es wurde kein Mikrofon gefunden. Schließ eines an oder wähle ein anderes in den Einstellungen. Die anderen hörst du trotzdem.",
  "call.microphone.busy":
    "Das Mikrofon ließ sich nicht öffnen: Vielleicht nutzt es ein anderes Programm. Die anderen hörst du trotzdem.",

  "call.ended.elsewhere":
    "Du nimmst auf einem anderen Gerät an einem Gespräch teil, darum wurde dieses verlassen.",
  "call.ended.moved": "Die Moderation hat dich verschoben.",
  "call.ended.disconnected": "Die Moderation hat dich aus dem Gespräch genommen.",
  "call.ended.no_right": "An jenem Gespräch darfst du nicht mehr teilnehmen.",
  "call.ended.signed_out": "Das Gespräch endete mit deiner Sitzung.",
  "call.ended.no_gateway": "Die Verbindung war zu lange weg, darum wurde das Gespräch verlassen.",
  "call.ended.no_media": "Zu lange kam kein Ton durch, darum wurde das Gespräch verlassen.",
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
  "voiceSet.sounds": "Töne",
  "voiceSet.soundsOn": "Töne beim Kommen, Gehen und Stummschalten",
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
