import { app } from "./de_app.ts";
import { emojiNames } from "./de_emoji.ts";
import { encryption } from "./de_encryption.ts";
import type { Catalogue } from "./en.ts";
import { adminTexts } from "./de_admin.ts";
import { doctorTexts } from "./de_doctor.ts";
import { forwardTexts } from "./de_forward.ts";
import { frame } from "./de_frame.ts";
import { groupTexts } from "./de_group.ts";
import { guildTexts } from "./de_guild.ts";
import { guildLife } from "./de_guild_life.ts";
import { refusedTexts } from "./de_refused.ts";
import { reportTexts } from "./de_reports.ts";
import { rightTexts } from "./de_rights.ts";
import { inboxTexts } from "./de_inbox.ts";
import { knowing } from "./de_knowing.ts";
import { mailTexts } from "./de_mail.ts";
import { people } from "./de_people.ts";
import { faults } from "./de_faults.ts";
import { polls } from "./de_polls.ts";
import { pushTexts } from "./de_push.ts";
import { privateTexts } from "./de_private.ts";
import { searchTexts } from "./de_search.ts";
import { germanVoice, germanVoiceSettings } from "./de_voice.ts";
import { integrations } from "./de_integrations.ts";
import { security } from "./de_security.ts";
import { settings } from "./de_settings.ts";
import { templateTexts } from "./de_templates.ts";
import { threads } from "./de_threads.ts";
import { timeline } from "./de_timeline.ts";

/**
 * Every text of the pages, in German: friendly, with "du", as one would say it and not word for
 * word. A guild is a Gilde, a kick a Rauswurf, a timeout an Auszeit, the audit log the Protokoll.
 */
export const de: Catalogue = {
  skipToContent: "Zum Inhalt springen",
  goHome: "Zur Startseite",
  members: "{n, plural, one {# Mitglied} other {# Mitglieder}}",
  cancel: "Abbrechen",
  save: "Speichern",
  saved: "Gespeichert.",
  close: "Schließen",
  delete: "Löschen",
  back: "Zurück",
  loading: "Wird geladen",

  "presence.online": "Online",
  "presence.idle": "Abwesend",
  "presence.dnd": "Bitte nicht stören",
  "presence.offline": "Offline",
  "presence.invisible": "Unsichtbar",

  "trial.title": "Testserver.",
  "trial.text":
    "Er hat noch keinen Namen: Konten und Gilden, die jetzt entstehen, bleiben auf diesem Rechner.",
  "foot.version": "OpenGuild {version}",
  "foot.source": "Quelltext",
  "foot.abuse": "Missbrauch melden",
  "foot.noAbuse": "Kein Kontakt für Missbrauch angegeben",

  "front.line": "Am Tisch ist noch ein Platz frei.",
  "front.host": "Zu Hause bei",
  "front.title": "Willkommen bei {name}",
  "front.text":
    "Ein Ort, an dem deine Leute reden können: Gilden mit Kanälen, Rollen und Verlauf, auf einem Server, der denen gehört, die ihn betreiben.",
  "front.login": "Anmelden",
  "front.register": "Konto erstellen",
  "front.haveToken": "Ich habe einen Registrierungscode",
  "front.open": "Hier kann jeder ein Konto erstellen.",
  "front.closed": "Dieser Server nimmt gerade keine neuen Konten an.",
  "front.invite":
    "Neu hier? Du brauchst einen Einladungslink von jemandem aus einer Gilde auf diesem Server. Damit kannst du dich registrieren.",
  "front.token":
    "Neu hier? Frag die Leute, die diesen Server betreiben, nach einem Registrierungscode.",
  "front.firstAdmin":
    "Noch betreibt niemand diesen Server. Der einmalige Link für den ersten Administrator steht im Log des Servers.",

  "plain.title": "Über diese Verbindung kannst du dich nicht anmelden.",
  "plain.why":
    "Die Seite kam über einfaches HTTP, und Browser bewahren dort keine sichere Anmeldung: Dein Passwort wäre unterwegs für alle lesbar.",
  "plain.go": "Öffne stattdessen {url}.",
  "plain.what":
    "Der Administrator kann TLS einschalten (openguild serve --acme NAME) oder den Server hinter einen Proxy mit HTTPS stellen. Auf dem Rechner des Servers selbst geht http://localhost.",

  "field.userName": "Benutzername",
  "field.userNameHint":
    "2 bis 32 Buchstaben a–z, Ziffern und dazwischen . _ -. Er lässt sich später nicht ändern.",
  "field.displayName": "Anzeigename (optional)",
  "field.displayNameHint": "Was andere sehen. Du kannst ihn jederzeit ändern.",
  "field.password": "Passwort",
  "field.reveal": "Eingabe anzeigen",
  "field.passwordHint":
    "Ein paar Wörter ohne Zusammenhang ergeben ein starkes. Einfügen aus einem Passwortmanager ist gern gesehen.",
  "field.newPassword": "Neues Passwort",
  "field.currentPassword": "Aktuelles Passwort",
  "field.token": "Registrierungscode",

  "login.title": "Anmelden",
  "login.submit": "Anmelden",
  "login.new": "Neu hier?",
  "login.forgot":
    "Passwort vergessen? Ein Administrator dieses Servers kann dir einen Link zum Zurücksetzen schicken.",
  "login.ended": "Deine Sitzung ist abgelaufen. Melde dich wieder an, um weiterzumachen.",
  "register.title": "Konto erstellen",
  "register.submit": "Konto erstellen",
  "register.join": "Konto erstellen und {name} beitreten",
  "register.have": "Du hast schon ein Konto?",
  "register.closed":
    "Um hier ein Konto zu erstellen, brauchst du einen Einladungslink von jemandem aus einer Gilde.",
  "register.badCode":
    "Mit diesem Link kann man sich nicht registrieren: Er ist abgelaufen oder verbraucht. Bitte um einen neuen.",
  "setup.title": "Erster Administrator",
  "setup.text": "Du erstellst gleich das Konto, das {name} betreibt. Dieser Link gilt einmal.",
  "setup.used":
    "Dieser Link wurde benutzt oder ist abgelaufen. Solange es keinen Administrator gibt, zeigt der Server bei jedem Start einen neuen an.",
  "reset.title": "Neues Passwort setzen",
  "reset.text": "Für {name}. Alle Geräte, die jetzt angemeldet sind, werden abgemeldet.",
  "reset.used":
    "Dieser Link wurde benutzt oder ist abgelaufen. Bitte einen Administrator um einen neuen.",
  "reset.submit": "Passwort setzen und anmelden",

  "invite.pageTitle": "{name} beitreten",
  "invite.by": "{name} lädt dich ein zu",
  "invite.you": "Du bist eingeladen zu",
  "invite.online": "{n} online",
  "invite.join": "{name} beitreten",
  "invite.open": "{name} öffnen",
  "invite.joined": "Du bist schon Mitglied.",
  "invite.as": "Du trittst als {name} bei.",
  "invite.register": "Konto erstellen und beitreten",
  "invite.login": "Ich habe ein Konto",
  "invite.endedTitle": "Diese Einladung gilt nicht mehr",
  "invite.endedText":
    "Sie ist verbraucht, zurückgezogen oder zu alt. Bitte um einen neuen Link bei dem, der sie geschickt hat.",

  "timeline.pastAgain": "Noch einmal fragen",
  "past.fetching": "Ältere Nachrichten werden von anderen Servern geholt.",
  "past.unavailable":
    "Ältere Nachrichten von {servers} waren nicht zu bekommen. Versuch es in einer Minute noch einmal.",
  "past.withheld": "Andere Server zeigen diesem Server keine älteren Nachrichten dieses Kanals.",
  "composer.checking": "Schreiben kannst du, sobald diese Gilde geprüft ist",
  "guild.unverifiable":
    "Der Verlauf von {name} ließ sich nicht prüfen, deshalb wurde sie wieder verlassen. Nichts davon wurde behalten.",
  "guild.localOnly": "Nur für Leute von {server}",
  "guild.localOnlyHint":
    "Niemand von einem anderen Server kann je Mitglied werden. Das lässt sich später nicht ändern.",

  "invitation.title": "Einladungen",
  "invitation.held": "Eine Einladung von Unbekannt",
  "invitation.heldText":
    "Niemand dort ist dir bekannt. Name und Bild siehst du erst, wenn du annimmst.",
  "invitation.guild": "Eine Gilde",
  "invitation.private": "Ein privater Kanal",
  "invitation.group_dm": "Eine Unterhaltung zu mehreren",
  "invitation.by": "{name} lädt dich ein",
  "invitation.byForeign": "{name} von {server} lädt dich ein",
  "invitation.accept": "Annehmen",
  "invitation.decline": "Ablehnen",
  "invitation.acceptOf": "Annehmen: {name}",
  "invitation.declineOf": "Ablehnen: {name}",

  "where.title": "Wo sie angekommen ist",
  "where.again": "Noch einmal nachsehen",
  "where.foreign":
    "{server} hat diese Nachricht verschickt und weiß als einziger, wer sie hat. Hier ist sie angekommen.",
  "where.alone":
    "Als sie geschrieben wurde, las hier nur {server} mit. Server, die später dazukamen, holen sie sich selbst.",
  "where.count":
    "{n, plural, one {# von {all} anderen Servern hat sie.} other {# von {all} anderen Servern haben sie.}}",
  "where.readers": "{n, plural, one {# liest mit} other {# lesen mit}}",
  "where.has": "hat sie",
  "where.waiting": "unterwegs",
  "where.away": "seit {when} nicht erreichbar",
  "where.unreached": "nicht erreichbar",

  "away.line":
    "{n, plural, one {# Mitglied sieht neue Nachrichten vielleicht noch nicht: {servers} nicht erreichbar.} other {# Mitglieder sehen neue Nachrichten vielleicht noch nicht: {servers} nicht erreichbar.}}",
  "away.more": "{named} und {more} weitere",
  "away.text":
    "Nichts geht verloren. Was jetzt geschrieben wird, wartet hier und kommt an, wenn der Server wieder da ist. Zuletzt von ihm gehört: {when}.",

  "checking.line": "Diese Gilde wird geprüft",
  "checking.count": "{done} von {total}",
  "checking.text":
    "Lesen kannst du schon. Schreiben geht, sobald jede Entscheidung in ihrem Verlauf geprüft ist.",

  "elsewhere.title": "Ich bin auf einem anderen Server zu Hause",
  "elsewhere.home": "Adresse deines Servers",
  "elsewhere.hint":
    "Die, unter der du ihn im Browser öffnest. Du trittst mit dem Konto bei, das du dort hast.",
  "elsewhere.bad": "„{typed}“ ist keine Adresse eines Servers. Schreib sie so: chat.example.org.",
  "elsewhere.submit": "Mit meinem Server beitreten",
  "elsewhere.go": "Weiter bei {host}",

  "join.title": "Einer Gilde beitreten",
  "join.link": "Einladungslink",
  "join.linkHint": "Die Adresse, die du bekommen hast, oder CODE@server.",
  "join.look": "Gilde anzeigen",
  "join.open": "Öffnen",
  "join.foreign":
    "Die Gilde ist auch auf {server} zu Hause: Die Server ihrer Mitglieder sehen deinen Namen und was du dort schreibst. Dein Konto bleibt auf {own}.",

  copy: "Kopieren",
  copied: "Kopiert",
  retry: "Erneut versuchen",

  "nav.guilds": "Gilden",
  "nav.channels": "Kanäle",
  "nav.conversations": "Unterhaltungen",
  "nav.conversationsWaiting":
    "{n, plural, one {Unterhaltungen, # wartet} other {Unterhaltungen, # warten}}",
  "nav.members": "Mitglieder",
  "nav.open": "Gilden und Kanäle",
  "nav.openWaiting":
    "{n, plural, one {Gilden und Kanäle, # wartet} other {Gilden und Kanäle, # warten}}",
  "nav.close": "Zurück zu den Nachrichten",
  "nav.unread": "{n, plural, one {# ungelesene Nachricht} other {# ungelesene Nachrichten}}",
  "nav.mentions": "{n, plural, one {# Erwähnung} other {# Erwähnungen}}",
  "nav.guildUnread": "{name}, ungelesene Nachrichten",
  "nav.guildMentions": "{n, plural, one {{name}, # Erwähnung} other {{name}, # Erwähnungen}}",

  "home.title": "Start",
  "home.first": "Nimm Platz",
  "home.firstText":
    "Gründe eine Gilde für deine Leute: Ein erster Kanal ist schon dabei, und ein Einladungslink ist nur einen Klick entfernt.",
  "home.welcome": "Wohin soll es gehen?",
  "home.welcomeText": "Wähle eine Gilde oder schreib jemandem.",
  "home.keys": "Spring überallhin mit",

  "guild.create": "Gilde gründen",
  "guild.createText":
    "Sie beginnt mit #general und einem Sprachkanal. Alles lässt sich später ändern.",
  "guild.defaultName": "Gilde von {name}",
  "guild.name": "Name der Gilde",
  "guild.join": "Beitreten",
  "guild.joinPlaceholder": "Einladungslink? Hier einfügen",
  "guild.menu": "Menü von {name}",
  "guild.settings": "Einstellungen der Gilde",
  "guild.myProfile": "Mein Profil in dieser Gilde",
  "guild.leave": "Gilde verlassen",
  "guild.leaveTitle": "{name} verlassen?",
  "guild.leaveText": "Deine Nachrichten bleiben. Um zurückzukommen, brauchst du eine Einladung.",
  "guild.noChannels": "Noch keine Kanäle",
  "guild.noChannelsText": "Hier gibt es nichts, das du sehen darfst.",
  "dm.answered": "Die Anfrage von {name} ist anderswo beantwortet oder zurückgezogen worden.",
  "guild.kicked": "Du wurdest aus {name} entfernt.",
  "guild.banned": "Du wurdest aus {name} verbannt.",
  "guild.deleted": "{name} wurde gelöscht.",

  "channel.create": "Kanal anlegen",
  "channel.createIn": "Kanal in {name} anlegen",
  "channel.none": "Hier gibt es noch keine Kanäle.",
  "channel.kind": "Art des Kanals",
  "channel.kind.text": "Text",
  "channel.kind.voice": "Sprache",
  "channel.kind.category": "Kategorie",
  "channel.name": "Name",
  "channel.topic": "Thema (optional)",
  "channel.private": "Privater Kanal",
  "channel.privateHint": "Ein eigener Raum, in den nur Eingeladene und ausgewählte Rollen kommen.",
  "channel.privateNote": "privat",
  "channel.isEncrypted": "Verschlüsselt",
  "channel.isEncryptedLong":
    "Nur die Geräte seiner Mitglieder können ihn lesen, kein Server kann es.",
  "channel.notEncrypted": "Nicht verschlüsselt",
  "channel.notEncryptedLong":
    "Hier lesen nur die Mitglieder, aber der Server speichert alles lesbar. Wem der Kanal gehört, kann ihn verschlüsseln: den Kanal öffnen und auf „Nicht verschlüsselt“ drücken.",
  "channel.settingsOf": "Einstellungen von {name}",
  "channel.unknown": "unbekannter Kanal",

  "dm.start": "Neue Unterhaltung",
  "dm.none": "Noch keine Unterhaltungen.",
  "dm.whom": "Mit wem?",
  "dm.whomPlaceholder": "Name oder @name@server",
  "dm.open": "Unterhaltung öffnen",
  "dm.invited": "Möchte mit dir reden",
  "dm.waiting": "Eingeladen",
  "dm.invitedTitle": "{name} möchte mit dir reden",
  "dm.invitedText":
    "Die Anfrage kommt von {server}. Bis du annimmst, siehst du nichts, was von dort geschickt wird.",
  "dm.accept": "Annehmen",
  "dm.left": "Ist gegangen",
  "dm.leftLine":
    "{name} hat diese Unterhaltung verlassen. Was du schreibst, wartet, bis {name} zurückkommt.",
  "dm.askBack": "Zurückbitten",
  "dm.close": "Unterhaltung schließen",
  "dm.closed": "Geschlossen. Die nächste Nachricht von {name} bringt sie zurück.",
  "dm.leave": "Unterhaltung verlassen",
  "dm.leaveTitle": "Die Unterhaltung mit {name} verlassen?",
  "dm.leaveText":
    "{name} sieht, dass du gegangen bist. Hier kommt nichts mehr an, bis du sie wieder öffnest oder zurückgebeten wirst.",
  "message.seen": "Gesehen",

  "me.label": "Du",
  "me.menu": "Status und Einstellungen",
  "me.logout": "Abmelden",
  "settings.title": "Einstellungen",
  "settings.profile": "Profil",
  "settings.sessions": "Geräte",
  "settings.password": "Passwort",
  "settings.appearance": "Aussehen",
  "admin.title": "Verwaltung",
  "connection.lost": "Verbindung verloren. Neuer Versuch…",
  "voice.absent.off": "Sprache ist auf diesem Server ausgeschaltet.",
  "voice.absent.no_address":
    "Dieser Server weiß nicht, unter welcher Adresse ihn Sprache erreicht. Wer ihn betreibt, muss voice.announce setzen.",
  "voice.absent.no_port":
    "Der Port für Sprache ließ sich nicht öffnen. Wer diesen Server betreibt, findet den Grund im Log.",

  "timeline.label": "Nachrichten",
  "timeline.new": "Neu",
  "timeline.jump": "Zum Neuesten",
  "timeline.jumpNew": "{n} neu · zum Neuesten",
  "timeline.begin": "Hier beginnt #{name}",
  "timeline.beginText": "Sag das erste Wort.",
  "timeline.beginDm": "Du und {name}",
  "timeline.beginDmText": "Hier beginnt eure Unterhaltung.",

  "message.by": "{name}, {time}",
  "message.sending": "Wird gesendet…",
  "message.notSent": "Nicht gesendet. {reason}",
  "message.deleted": "Nachricht gelöscht",
  "message.removed": "Nachricht von der Moderation entfernt",
  "message.reason": "({reason})",
  "message.edited": "bearbeitet",
  "message.history": "Frühere Fassungen",
  "message.pinned": "Angepinnt",
  "message.late": "verspätet",
  "message.lateLong": "Kam lange nach dem Absenden an",
  "message.replyGone": "Die Nachricht gibt es nicht mehr",
  "message.tools": "Was du mit der Nachricht tun kannst",
  "message.reply": "Antworten",
  "message.edit": "Bearbeiten",
  "message.more": "Mehr",
  "message.pin": "Anpinnen",
  "message.unpin": "Loslösen",
  "message.copyLink": "Link kopieren",
  "message.copyText": "Text kopieren",
  "preview.hide": "Link-Vorschauen entfernen",
  "message.linkCopied": "Link kopiert",
  "message.markUnread": "Ab hier als ungelesen markieren",
  "message.delete": "Nachricht löschen",
  "message.deleteTitle": "Diese Nachricht löschen?",
  "message.deleteText": "Sie verschwindet für alle, auf jedem Server, der sich an die Regeln hält.",
  "log.said": "{name}: {text}",
  "log.file": "eine Datei",

  "reaction.add": "Reagieren",
  "reaction.with": "Mit {key} reagieren",
  "reaction.list": "Reaktionen",
  "reaction.one": "{n, plural, one {{key}, # Reaktion} other {{key}, # Reaktionen}}",
  "reaction.more": "{n, plural, one {und # weitere Person} other {und # weitere}}",
  "emoji.title": "Emoji",
  "emoji.search": "Emoji suchen",
  "emoji.none": "Kein Emoji heißt so.",
  "emoji.groups": "Gruppen von Emoji",
  "emoji.recent": "Zuletzt benutzt",
  "emoji.smileys": "Smileys",
  "emoji.people": "Menschen",
  "emoji.nature": "Tiere und Natur",
  "emoji.food": "Essen und Trinken",
  "emoji.travel": "Reisen und Orte",
  "emoji.activities": "Aktivitäten",
  "emoji.objects": "Dinge",
  "emoji.symbols": "Symbole",
  "emoji.flags": "Flaggen",
  "md.spoiler": "Spoiler: anzeigen",
  "md.table": "Tabelle",
  "media.open": "{name} öffnen",
  "media.spoiler": "Verdecktes Bild: anzeigen",
  "media.spoilerShort": "Spoiler",
  "media.download": "Herunterladen",
  "date.title": "Zu einem Datum springen",
  "date.day": "Tag",
  "date.go": "Hinspringen",
  "date.nothing": "Seitdem hat niemand etwas geschrieben. Das ist die letzte Nachricht.",
  "select.label": "Ausgewählte Nachrichten",
  "select.begin": "Nachrichten auswählen",
  "select.this": "Mehrere auswählen",
  "select.one": "Nachricht von {name} auswählen, {time}",
  "select.none": "Wähle aus, was gelöscht werden soll",
  "select.count": "{n} ausgewählt",
  "select.most": "Höchstens {n} Nachrichten auf einmal.",
  "select.deleteTitle": "{n, plural, one {# Nachricht löschen?} other {# Nachrichten löschen?}}",
  "select.deleteText":
    "{n, plural, one {Sie verschwindet} other {Sie verschwinden}} für alle, auf jedem Server, der sich an die Regeln hält.",
  "select.deleted": "{n, plural, one {# Nachricht gelöscht} other {# Nachrichten gelöscht}}",
  "select.refused": "{n} ließen sich nicht löschen: Sie sind schon weg oder nicht deine.",
  "main.more": "Mehr",
  "pins.title": "Angepinnte Nachrichten",
  "pins.none": "Nichts angepinnt",
  "pins.noneText": "Pinne an, was man wiederfinden soll.",
  "pins.jump": "Hinspringen",

  "composer.label": "Nachricht",
  "composer.channel": "Nachricht an #{name}",
  "composer.dm": "Nachricht an {name}",
  "composer.send": "Senden",
  "composer.editing": "Bearbeiten",
  "composer.replying": "Antwort an {name}  ",
  "composer.suggestions": "Vorschläge",
  "composer.archived": "Dieser Kanal ist archiviert: Lesen geht, schreiben nicht.",
  "composer.timeout": "Du hast bis {when} eine Auszeit: Lesen geht, schreiben nicht.",
  "composer.noRight": "Du darfst hier lesen, aber nicht schreiben.",
  "composer.slow":
    "{n, plural, one {Langsamer Modus: # Sekunde} other {Langsamer Modus: # Sekunden}}",
  "typing.one": "{a} schreibt",
  "typing.two": "{a} und {b} schreiben",
  "typing.three": "{a}, {b} und {c} schreiben",
  "typing.many": "Mehrere Leute schreiben",
  "upload.add": "Dateien anhängen",
  "upload.alt": "Beschreib das Bild",
  "upload.altFor": "Beschreibung von {name}",
  "upload.spoiler": "Spoiler",
  "upload.progress": "{name} wird gesendet",
  "upload.drop": "{name} entfernen",
  "upload.empty": "In dieser Datei ist nichts.",
  "upload.tooLarge": "Größer, als dieser Server annimmt ({limit}).",

  "user.bot": "Bot",
  "user.webhook": "Webhook",
  "user.webhookNamed": "{name} (Webhook)",
  "role.unknown": "gelöschte Rolle",
  "member.owner": "Eigentümer",
  "member.timedOut": "In Auszeit",
  "member.manage": "Rollen",
  "member.timeout": "Auszeit geben",
  "member.kick": "Rauswerfen",
  "member.ban": "Verbannen",
  "members.more": "Mehr anzeigen",
  "profile.about": "Über mich",
  "profile.inGuild": "In {name}",
  "profile.mutual": "{count, plural, one {Eine gemeinsame Gilde} other {# gemeinsame Gilden}}",
  "profile.since": "Mitglied seit {date}",
  "profile.message": "Nachricht",
  "profile.edit": "Profil bearbeiten",
  "moderate.kickTitle": "{name} rauswerfen?",
  "moderate.kickText": "Wer rausgeworfen wird, kann mit einer Einladung wiederkommen.",
  "moderate.kickDone": "{name} wurde rausgeworfen.",
  "moderate.banTitle": "{name} verbannen?",
  "moderate.banText":
    "Wer verbannt wird, muss die Gilde verlassen und kommt nicht zurück, bis der Bann endet oder aufgehoben ist.",
  "moderate.banDone": "{name} wurde verbannt.",
  "moderate.timeoutTitle": "{name} eine Auszeit geben?",
  "moderate.timeoutText":
    "Bis sie endet, geht nur lesen: kein Schreiben, kein Reagieren, kein Sprechen.",
  "moderate.timeoutDone": "{name} hat eine Auszeit.",
  "moderate.reason": "Grund (steht im Protokoll)",
  "moderate.purge": "Die letzten Nachrichten",
  "moderate.keep": "Behalten",
  "moderate.lastHour": "Die letzte Stunde löschen",
  "moderate.lastDay": "Den letzten Tag löschen",
  "moderate.lastWeek": "Die letzte Woche löschen",
  "moderate.howLong": "Wie lange",
  "moderate.lift": "Auszeit aufheben",
  "moderate.liftTitle": "Auszeit von {name} aufheben?",
  "moderate.liftText": "Schreiben, Reagieren und Sprechen gehen sofort wieder.",
  "moderate.liftDone": "Die Auszeit von {name} ist aufgehoben.",
  "moderate.minute": "1 Minute",
  "moderate.tenMinutes": "10 Minuten",
  "moderate.hour": "1 Stunde",
  "moderate.day": "1 Tag",
  "moderate.week": "1 Woche",

  "invite.people": "Leute einladen",
  "invite.title": "Leute zu {name} einladen",
  "invite.link": "Einladungslink",
  "invite.localWarning":
    "Dieser Link zeigt auf localhost: Er funktioniert nur auf diesem Rechner. Gib dem Server eine öffentliche URL, bevor du andere einlädst.",
  "invite.endsIn": "Gilt bis: {when}.",
  "invite.staysForEver": "Läuft nicht von selbst ab.",
  "invite.registersToo": "Wer ihn hat, kann hier auch ein Konto erstellen.",
  "invite.options": "Optionen",
  "invite.age": "Gilt für",
  "invite.uses": "Wie oft",
  "invite.hour": "1 Stunde",
  "invite.day": "1 Tag",
  "invite.week": "7 Tage",
  "invite.month": "30 Tage",
  "invite.never": "Immer",
  "invite.anyUses": "Unbegrenzt",
  "invite.nUses": "{n, plural, one {# Mal} other {# Mal}}",
  "invite.newLink": "Neuer Link",

  "switcher.title": "Gehe zu",
  "switcher.placeholder": "Kanal, Person, Gilde oder Einstellung",
  "switcher.guild": "Gilde",
  "switcher.guildPage": "Einstellungen von {name}",
  "switcher.none": "Nichts heißt so.",

  ...frame,
  ...people,
  ...knowing,
  ...mailTexts,
  ...integrations,
  ...security,
  ...inboxTexts,
  ...pushTexts,
  ...encryption,
  ...emojiNames,
  ...settings,
  ...app,
  ...faults,
  ...groupTexts,
  ...guildTexts,
  ...guildLife,
  ...rightTexts,
  ...reportTexts,
  ...adminTexts,
  ...doctorTexts,
  ...refusedTexts,
  ...privateTexts,
  ...searchTexts,
  ...germanVoice,
  ...germanVoiceSettings,
  ...polls,
  ...forwardTexts,
  ...templateTexts,
  ...threads,
  ...timeline,

  "error.404": "Hier ist nichts",
  "error.404Text":
    "Die Seite, den Kanal oder die Gilde gibt es nicht, oder sie ist nicht für dich bestimmt.",
  "error.500": "Das hat nicht geklappt",
  "error.500Text":
    "Der Fehler liegt bei uns und wurde festgehalten. Versuch es gleich noch einmal.",
  "error.refused": "Das wurde abgelehnt",
};
