import type { integrations as english } from "./en_integrations.ts";

/** Texts of webhooks and access tokens, in German. */
export const integrations: Readonly<Record<keyof typeof english, string>> = {
  "hook.title": "Webhooks",
  "hook.lead":
    "Ein Webhook ist eine Adresse, an die ein Programm Nachrichten schickt: ein Build, der schiefging, ein neues Issue, ein Alarm. Er schreibt in einen Kanal, als Webhook gekennzeichnet, und liest nichts.",
  "hook.localWarning":
    "Adressen nennen localhost: Nur Programme auf diesem Computer erreichen sie. Gib dem Server zuerst eine öffentliche Adresse.",
  "hook.new": "Neuer Webhook",
  "hook.create": "Webhook anlegen",
  "hook.name": "Name",
  "hook.picture": "Bild",
  "hook.dropPicture": "Ohne Bild",
  "hook.channel": "Kanal",
  "hook.channelKept": "Sein jetziger Kanal",
  "hook.channelHint":
    "Private Kanäle nehmen keine: Was ein Webhook schreibt, läuft offen über diesen Server.",
  "hook.noChannel": "Es gibt noch keinen Kanal zum Schreiben.",
  "hook.none": "Noch keine Webhooks. Lege oben einen an und gib seine Adresse einem Programm.",
  "hook.made": "Die Adresse von {name}",
  "hook.madeText":
    "Wer sie hat, kann in diesen Kanal schreiben. Sie wird jetzt gezeigt und nie wieder; eine verlorene wird unten erneuert.",
  "hook.plainUrl": "Für eigene Programme",
  "hook.githubUrl": "Für GitHub",
  "hook.slackUrl": "Für Programme, die mit Slack sprechen",
  "hook.done": "Fertig",
  "hook.by": "Angelegt von {name} {when}",
  "hook.unused": "Nie benutzt",
  "hook.signed": "Signiert",
  "hook.channelGone": "Sein Kanal wurde gelöscht",
  "hook.removed": "Aus dieser Gilde entfernt",
  "hook.change": "Ändern",
  "hook.changeNamed": "{name} ändern",
  "hook.secret": "Geheimnis für GitHub",
  "hook.secretHint":
    "Dasselbe wie bei GitHub unter „Secret“. Dann wird nur angenommen, was GitHub signiert hat. Leer lassen ändert nichts.",
  "hook.dropSecret": "Auch ohne Signatur annehmen",
  "hook.renew": "Neue Adresse",
  "hook.renewNamed": "Neue Adresse für {name}",
  "hook.renewText": "Die jetzige Adresse endet sofort. Programme brauchen die neue.",
  "hook.renewSure": "Adresse erneuern",
  "hook.remove": "Löschen",
  "hook.removeNamed": "{name} löschen",
  "hook.removeText": "Die Adresse endet sofort. Was der Webhook geschrieben hat, bleibt.",
  "hook.removeSure": "Diesen Webhook löschen",
  "hook.elsewhere": "Von anderen Servern",
  "hook.elsewhereText":
    "Sie werden auf ihren eigenen Servern verwaltet. Unter Mitglieder lassen sie sich wie alle anderen entfernen.",
  "hook.howTo": "So geht es",
  "hook.howGithub":
    "Öffne bei GitHub Settings > Webhooks > Add webhook eines Repositorys oder einer Organisation. Füge die Adresse für GitHub ein, wähle den Content type application/json und die Ereignisse, von denen du hören willst.",
  "hook.howSlack":
    "Wo ein Programm nach einer Slack-Webhook-URL fragt, gib ihm die Adresse für Slack. Text, Links und Anhänge kommen als lesbarer Text an.",
  "hook.howOwn": "Eigene Programme schicken JSON mit einer POST-Anfrage:",

  "apiToken.title": "Zugangstokens",
  "apiToken.lead":
    "Mit einem Token handelt ein Programm in deinem Namen, so weit du es lässt. Gib jedem Programm ein eigenes Token mit nicht mehr, als es braucht.",
  "apiToken.new": "Neues Token",
  "apiToken.name": "Wofür es ist",
  "apiToken.may": "Es darf",
  "apiToken.ends": "Es endet",
  "apiToken.days30": "In 30 Tagen",
  "apiToken.days90": "In 90 Tagen",
  "apiToken.days365": "In einem Jahr",
  "apiToken.date": "An einem eigenen Tag",
  "apiToken.never": "Nie",
  "apiToken.day": "Tag",
  "apiToken.badDay": "Wähle den Tag, an dem das Token endet.",
  "apiToken.noScope": "Wähle mindestens etwas, das das Token darf.",
  "apiToken.create": "Token anlegen",
  "apiToken.made": "Dein neues Token: {name}",
  "apiToken.madeText":
    "Es wird jetzt gezeigt und nie wieder. Verwahre es wie ein Passwort: Wer es hat, kann in deinem Namen handeln.",
  "apiToken.done": "Ich habe es verwahrt",
  "apiToken.own": "Deine Tokens",
  "apiToken.none": "Noch keine Tokens.",
  "apiToken.added": "angelegt {when}",
  "apiToken.unused": "Nie benutzt",
  "apiToken.endsOn": "endet {when}",
  "apiToken.endsNever": "endet nicht",
  "apiToken.ended": "Abgelaufen",
  "apiToken.revoke": "Widerrufen",
  "apiToken.revokeNamed": "{name} widerrufen",
  "apiToken.revokeText": "Programme mit diesem Token sind sofort ausgesperrt.",
  "apiToken.revokeSure": "Dieses Token widerrufen",
  "apiToken.everywhere":
    "Überall sonst abmelden und ein neues Passwort beenden auch alle Tokens. Kein Token kann dein Passwort ändern, Tokens anlegen, an Gesprächen teilnehmen oder Verschlüsseltes lesen.",
  "apiToken.scope.read": "Lesen, was du siehst",
  "apiToken.scope.readHint": "Gilden, Leute, Nachrichten, Suche und die laufende Verbindung",
  "apiToken.scope.write:messages": "Nachrichten schreiben",
  "apiToken.scope.write:messagesHint":
    "Auch bearbeiten, löschen, reagieren, anheften, hochladen und Unterhaltungen beginnen",
  "apiToken.scope.manage:guilds": "Gilden verwalten",
  "apiToken.scope.manage:guildsHint":
    "Kanäle, Rollen, Mitglieder, Einladungen, Emojis und Webhooks, so weit du es darfst",
  "apiToken.scope.account:read": "Dein Konto lesen",
  "apiToken.scope.account:readHint":
    "Einstellungen, Freunde, Sitzungen, Einladungen und E-Mail-Adresse",
  "apiToken.scope.account:write": "Dein Konto ändern",
  "apiToken.scope.account:writeHint":
    "Profil, Anwesenheit, Einstellungen, Freunde und Blockieren; Gilden beitreten und verlassen",
  "apiToken.scope.admin": "Diesen Server verwalten",
  "apiToken.scope.adminHint": "Ohne das, was noch einmal nach deinem Passwort fragt",

  "audit.do.webhook.create": "hat den Webhook {target} angelegt",
  "audit.do.webhook.update": "hat den Webhook {target} geändert",
  "audit.do.webhook.renew": "hat dem Webhook {target} eine neue Adresse gegeben",
  "audit.do.webhook.delete": "ist als Webhook gegangen: {target}",
};
