import type { doctorTexts as english } from "./en_doctor.ts";

/** The same in German. */
export const doctorTexts: Readonly<Record<keyof typeof english, string>> = {
  "doctor.check.name": "Name",
  "doctor.check.data_folder": "Datenordner",
  "doctor.check.disk": "Platte",
  "doctor.check.database": "Datenbank",
  "doctor.check.events": "Ereignisse",
  "doctor.check.clock": "Uhr",
  "doctor.check.file_store": "Dateiablage",
  "doctor.check.bus": "Bus",
  "doctor.check.search": "Suche",
  "doctor.check.port": "Port",
  "doctor.check.tls": "TLS",
  "doctor.check.mail": "E-Mail",
  "doctor.check.voice": "Sprache",
  "doctor.check.federation": "Föderation",
  "doctor.check.keys_of_others": "Schlüssel anderer",
  "doctor.say.broken": "Die Prüfung selbst ist gescheitert: {reason}.",
  "doctor.do.log": "Schau ins Protokoll des Servers.",
  "doctor.say.files.first": "Der erste Start legt den Ordner der Dateien an.",
  "doctor.say.files.good": "Eine Datei wurde geschrieben, gelesen und gelöscht.",
  "doctor.say.files.failed":
    "Die Dateiablage kann nicht {step, select, open {öffnen} write {schreiben} read {lesen} other {löschen}}: {reason}.",
  "doctor.say.files.other_bytes": "Die Dateiablage kann nicht lesen: Sie gibt andere Bytes zurück.",
  "doctor.say.files.undeleted":
    "Die Dateiablage kann nicht löschen: Was gelöscht wurde, ist noch da.",
  "doctor.do.files":
    "Bei S3 prüfe Adresse, Bucket, Schlüssel und die Rechte get, put, delete und list; bei einem Ordner den Besitzer und die Platte.",
  "doctor.say.bus.none": "Ein Prozess auf eigener Datenbank braucht keinen.",
  "doctor.say.bus.good":
    "Eine Nachricht kam über {bus, select, nats {NATS} other {Postgres}} bei einem Zuhörer an.",
  "doctor.say.bus.failed": "Der Weg zwischen den Prozessen geht nicht: {reason}",
  "doctor.say.bus.lost":
    "Eine Nachricht an {subject} kam nicht innerhalb von {seconds} s beim Zuhörer an.",
  "doctor.do.bus.nats":
    "Läuft nats-server, stimmt NATS_URL, und passen bus.nats_user und bus.nats_password (oder bus.nats_token) zu seiner Konfiguration? Nachrichten zwischen Prozessen warten darauf.",
  "doctor.do.bus.postgres":
    "Die Prozesse sprechen über LISTEN und NOTIFY: DATABASE_URL muss zu Postgres selbst führen, nicht zu einem Pooler im Transaktionsmodus; oder setze bus.nats_url.",
  "doctor.do.bus.rights":
    "Gib dem NATS-Benutzer des Servers das Recht, log, accounts und og.> zu senden und zu abonnieren.",
  "doctor.say.clock.implausible": "Dieser Rechner glaubt, es sei {time}.",
  "doctor.say.clock.alone": "{time} ist plausibel; es gibt keine andere Uhr zum Vergleich.",
  "doctor.say.clock.good": "Dieser Rechner und die Datenbank sind sich über die Zeit einig.",
  "doctor.say.clock.skewed":
    "Die Uhr der Datenbank geht gegenüber der dieses Rechners {seconds} Sekunden {side, select, ahead {vor} other {nach}}.",
  "doctor.do.clock.set": "Stelle sie über das Netz: timedatectl set-ntp true",
  "doctor.do.clock.one_wrong":
    "Eine von beiden ist falsch. Stelle sie über das Netz: timedatectl set-ntp true",
  "doctor.say.folder.absent": "{path} ist noch nicht da.",
  "doctor.say.folder.file": "{path} ist eine Datei.",
  "doctor.say.folder.unwritable": "In {path} kann nicht geschrieben werden: {reason}.",
  "doctor.say.folder.open": "{path} können andere Benutzer dieses Rechners lesen.",
  "doctor.say.folder.good": "{path} ist beschreibbar und für andere geschlossen.",
  "doctor.do.folder.first": "Der erste Start legt ihn an.",
  "doctor.do.folder.other": "Wähle einen anderen mit --data.",
  "doctor.do.folder.own":
    "Gib ihn dem Benutzer, unter dem der Server läuft: chown -R BENUTZER {path}",
  "doctor.do.folder.close": "Darin liegen Geheimnisse: chmod go-rwx {path}",
  "doctor.say.database.first": "Der erste Start legt die eingebaute Datenbank an.",
  "doctor.say.database.embedded":
    "Die eingebaute Datenbank ruft nie fsync auf: Bestätigte Nachrichten überstehen einen Absturz des Prozesses, nicht des Rechners. Sie hat die Geschwindigkeit einer einzigen Verbindung und keine Replikation.",
  "doctor.say.database.unreachable": "Die Datenbank antwortet nicht: {reason}.",
  "doctor.say.database.refused": "Die Datenbank ist nicht zu gebrauchen. {reason}",
  "doctor.say.database.rights": "{user} darf in der Datenbank keine Tabellen anlegen.",
  "doctor.say.database.old": "Postgres hat Version {version}.",
  "doctor.say.database.unsafe":
    "Postgres läuft mit {name} = off: Ein Absturz verliert bestätigte Nachrichten.",
  "doctor.say.database.behind":
    "{n, plural, one {# Migration wartet.} other {# Migrationen warten.}}",
  "doctor.say.database.empty": "Die Datenbank ist leer: Noch kein Server hat sie benutzt.",
  "doctor.say.database.good":
    "{kind, select, embedded {Das eingebaute Postgres} other {Postgres}} {version} antwortet.",
  "doctor.do.database.reach":
    "Läuft Postgres, und stimmt DATABASE_URL (Rechner, Port, Benutzer, Passwort, Name)?",
  "doctor.do.database.other": "Ändere sie, oder nenne eine andere in DATABASE_URL.",
  "doctor.do.database.own":
    "Gib die Datenbank dem Benutzer, den DATABASE_URL nennt: alter database NAME owner to {user}",
  "doctor.do.database.upgrade": "Aktualisiere es auf {wanted} oder neuer.",
  "doctor.do.database.move":
    "Für eine Gemeinschaft, an der etwas liegt: openguild backup DATEI, DATABASE_URL auf ein Postgres setzen, openguild restore DATEI.",
  "doctor.do.database.safe": "alter system set {name} = on; dann Postgres neu starten.",
  "doctor.do.database.migrate": "Der nächste Start wendet an, was wartet, oder: openguild migrate",
  "doctor.do.database.tables": "Der nächste Start legt ihre Tabellen an, oder: openguild migrate",
  "doctor.say.disk.out": "{free} GiB sind frei, wo {path} liegt: Die Datenbank bleibt bald stehen.",
  "doctor.say.disk.free": "{free} GiB sind frei, wo {path} liegt.",
  "doctor.do.disk": "Schaffe Platz, oder lege den Datenordner auf eine größere Platte (--data).",
  "doctor.say.events.all": "Alle {looked} gespeicherten Ereignisse sind, was sie waren.",
  "doctor.say.events.some":
    "{looked} zufällig gewählte gespeicherte Ereignisse sind, was sie waren (--events sieht alle an).",
  "doctor.say.events.damaged":
    "Von {looked} gespeicherten Ereignissen sind {damaged} beschädigt. {named}{more, plural, =0 {} other {; und # weitere}}.",
  "doctor.do.events":
    "Die Platte oder jemand hat sie verändert. Kein anderer Server bekommt sie. Prüfe die Platte, und stelle die Datenbank aus einer früheren Sicherung wieder her; Ereignisse anderer Server kommen von selbst wieder.",
  "doctor.say.federation.off": "Ausgeschaltet: Dieser Server spricht mit keinem anderen.",
  "doctor.say.federation.trial":
    "Ein Testserver spricht nur mit seinen Testpartnern ({peers} genannt).",
  "doctor.say.federation.stopped":
    "Nicht versucht: Der Server muss laufen, um unter seinem Namen gefragt zu werden.",
  "doctor.say.federation.forbidden":
    "Von hier führt {name} zu einer Adresse, die kein Server anwählt: {reason}",
  "doctor.say.federation.unreached": "Andere Server erreichen {name} nicht: {reason}",
  "doctor.say.federation.else":
    "Unter {host}, Port {port}, antwortet für /_federation/ etwas anderes (Status {status}).",
  "doctor.say.federation.host":
    "Der Host-Kopf wurde unterwegs umgeschrieben: gesendet als {sent}, angekommen als {arrived}. Unterschriften decken ihn ab, darum wird jede Anfrage anderer abgelehnt.",
  "doctor.say.federation.target":
    "Die Adresse wurde unterwegs umgeschrieben: gesendet als {sent}, angekommen als {arrived}. Unterschriften decken sie ab, darum werden Anfragen anderer abgelehnt.",
  "doctor.say.federation.changed":
    "Eine hier unterschriebene Anfrage hält nach ihrem Weg der Prüfung nicht stand: {reason}.",
  "doctor.say.federation.method":
    "Eine hier unterschriebene Anfrage hält nach ihrem Weg der Prüfung nicht stand: Ihre Methode wurde zu {method}.",
  "doctor.say.federation.good":
    "Eine unterschriebene Anfrage kam über {host}, Port {port}, unverändert an.",
  "doctor.do.federation.private":
    "In Ordnung, wenn es nur in deinem eigenen Netz so aussieht. Sehen es andere auch so, gib dem Namen im DNS seine öffentliche Adresse.",
  "doctor.do.federation.unresolved":
    "Gib dem Namen eine Adresse im DNS (A oder AAAA), oder lass https://{name}/.well-known/openguild/server den Rechner nennen, der eine hat.",
  "doctor.do.federation.unreachable":
    "Ist der Port in der Firewall offen und zu diesem Rechner geleitet? Andere brauchen den Port, den https://{name}/.well-known/openguild/server nennt, sonst 443.",
  "doctor.do.federation.timeout":
    "Etwas verwirft die Pakete: Prüfe Firewalls und Portweiterleitungen auf dem Weg.",
  "doctor.do.federation.tls":
    "Andere nehmen nur TLS 1.3, mit einem Zertifikat einer öffentlichen Stelle für diesen Rechner: siehe tls.cert und tls.acme, oder den Proxy davor.",
  "doctor.do.federation.too_large":
    "Dort antwortet etwas anderes: Lass den Proxy /.well-known/openguild/ und /_federation/ zu diesem Server leiten.",
  "doctor.do.federation.paths":
    "Lass den Proxy /_federation/ und /.well-known/openguild/ mit unveränderten Pfaden zu diesem Server leiten.",
  "doctor.do.federation.host":
    "Lass den Proxy ihn durchreichen: proxy_set_header Host $http_host in nginx, ProxyPreserveHost On in Apache.",
  "doctor.do.federation.target":
    "Lass den Proxy den Pfad durchreichen, wie er kam: in nginx proxy_pass ohne Pfad hinter dem Port, in Apache AllowEncodedSlashes NoDecode und nocanon.",
  "doctor.do.federation.changed":
    "Etwas auf dem Weg verändert Anfragen: Prüfe, was der Proxy mit Köpfen und Inhalten macht.",
  "doctor.say.keys.silent":
    "{server} antwortet nicht. Was seine Leute taten, bevor dieser Server dazukam, beruht auf dem Wort von {names} (Schlüssel: {keys}), bis er antwortet.",
  "doctor.say.keys.denied":
    "{server} antwortet und führt {denied} der Schlüssel nicht auf, die auf das Wort von {names} übernommen wurden: Was seine Leute damit getan haben sollen, ist nicht bestätigt.",
  "doctor.do.keys.ask":
    "Frag, wer {server} betreibt. Wurde er neu aufgesetzt, stimmt die Vergangenheit, und eine Sicherung gibt ihm seine Schlüssel zurück. Weiß dort niemand davon, war sie erfunden: Verlass die Gilde, sperre, wer sein Wort gab (federation.block), und tritt über einen Server wieder bei, dem du traust.",
  "doctor.say.mail.none":
    "Kein Mailserver ist eingerichtet: Wer sein Passwort vergisst, braucht die Verwaltung.",
  "doctor.say.mail.failed": "Der Mailserver geht nicht: {reason}",
  "doctor.say.mail.plain":
    "Der Mailserver {host}:{port} nimmt {login, select, yes {die Anmeldung von {user}} other {E-Mails}} an, aber auf dem Weg dorthin ist nichts verschlüsselt.",
  "doctor.say.mail.good":
    "Der Mailserver {host}:{port} nimmt {login, select, yes {die Anmeldung von {user}} other {E-Mails}} an, {way, select, local {auf diesem Rechner, unverschlüsselt} other {verschlüsselt}}.",
  "doctor.do.mail.unreachable":
    "Stimmen mail.host und mail.port, und lässt eine Firewall diesen Rechner dorthin? Viele Anbieter sperren Port 25 und lassen 587 und 465 offen.",
  "doctor.do.mail.encryption":
    "Bietet der Mailserver, was mail.tls verlangt, und gilt sein Zertifikat für mail.host? Eine eigene Zertifizierungsstelle steht in mail.ca; Port 465 will mail.tls: tls.",
  "doctor.do.mail.login":
    "Stimmen mail.user und mail.password? Viele Anbieter wollen ein eigenes Passwort für Programme.",
  "doctor.do.mail.later": "Schau ins Protokoll des Mailservers.",
  "doctor.do.mail.encrypt":
    "Setze mail.tls auf starttls oder tls: Links für neue Passwörter gehen diesen Weg.",
  "doctor.say.name.other": "Die Datenbank gehört zu „{stored}“, die Konfiguration sagt „{name}“.",
  "doctor.say.name.trial":
    "Dies ist ein Testserver auf localhost: Seine Konten können nie anderen Servern begegnen.",
  "doctor.say.name.links": "Der Name ist {name}, aber Links führen zu {address}.",
  "doctor.say.name.good": "{name}, geöffnet unter {address}.",
  "doctor.do.name.other":
    "Setze server.name auf {stored}, oder nimm eine neue Datenbank: Der Name eines Servers ist für immer.",
  "doctor.do.name.trial":
    "Fang in einem neuen Ordner richtig an: openguild init --name example.org --data ORDNER",
  "doctor.do.name.links":
    "Setze server.public_url auf die Adresse, unter der die Leute den Server öffnen.",
  "doctor.say.port.listens": "Der Server hört auf {host}, Port {port}.",
  "doctor.say.port.free": "{host}, Port {port}, ist frei.",
  "doctor.say.port.taken": "Ein anderes Programm hört auf {host}, Port {port}.",
  "doctor.say.port.forbidden": "Dieser Benutzer darf nicht auf Port {port} hören.",
  "doctor.say.port.failed": "Dieser Rechner kann nicht auf {host} hören: {reason}.",
  "doctor.do.port.taken": "Beende es, oder wähle einen anderen Port mit --port.",
  "doctor.do.port.forbidden":
    "Wähle einen Port über 1023, oder: setcap cap_net_bind_service=+ep openguild",
  "doctor.do.port.failed": "Wähle eine seiner Adressen mit --host (0.0.0.0 für alle).",
  "doctor.say.search.postgres": "Nachrichten findet Postgres selbst.",
  "doctor.say.search.old":
    "Meilisearch unter {address} hat Version {version}, die nicht nach Wörtern filtern kann.",
  "doctor.say.search.good": "Meilisearch {version} unter {address} nimmt den Schlüssel an.",
  "doctor.say.search.failed": "Meilisearch lässt sich nicht benutzen: {reason}",
  "doctor.do.search.upgrade": "Aktualisiere Meilisearch auf {wanted} oder neuer.",
  "doctor.do.search.reach":
    "Läuft Meilisearch, und stimmt search.meilisearch_url? Die Suche wartet darauf; was gesagt wird, kommt in den Index, sobald es wieder da ist.",
  "doctor.do.search.key":
    "Ist search.meilisearch_url die Adresse von Meilisearch selbst, und nennt search.meilisearch_key einen Schlüssel, der mit den Indizes openguild-* alles darf und Aufgaben und Version lesen kann?",
  "doctor.say.tls.unfetched": "Noch wurde kein Zertifikat geholt.",
  "doctor.say.tls.failed": "Das Zertifikat lässt sich nicht lesen: {reason}",
  "doctor.say.tls.ended": "Das Zertifikat ist am {until} abgelaufen.",
  "doctor.say.tls.ends": "Das Zertifikat läuft am {until} ab.",
  "doctor.say.tls.early": "Das Zertifikat gilt noch nicht.",
  "doctor.say.tls.other": "Das Zertifikat ist nicht für {host}, wo die Leute diesen Server öffnen.",
  "doctor.say.tls.good": "Das Zertifikat ist für {host} und gilt bis {until}.",
  "doctor.say.tls.proxy":
    "Ein Proxy davor muss HTTPS für {address} sprechen und zu Port {port} führen.",
  "doctor.say.tls.local": "Einfaches HTTP, nur für diesen Rechner.",
  "doctor.say.tls.plain":
    "Einfaches HTTP für andere Rechner: Browser verweigern dort die Anmeldung.",
  "doctor.do.tls.fetch":
    "Der erste Start holt eines für {names}: Jeder Name muss hierher führen, und Port 80 muss diesen Server erreichen.",
  "doctor.do.tls.files": "Nenne eine Zertifikatskette und ihren Schlüssel, beides PEM-Dateien.",
  "doctor.do.tls.fetched": "Warum die Erneuerung scheitert, steht im Protokoll des Servers.",
  "doctor.do.tls.renew": "Erneuere es; der Server nimmt die neuen Dateien innerhalb einer Minute.",
  "doctor.do.tls.clock": "Stimmt die Uhr dieses Rechners?",
  "doctor.do.tls.other":
    "Hol eines für {host}, oder setze server.public_url auf den Namen im Zertifikat.",
  "doctor.do.tls.plain":
    "Setze tls.acme, tls.cert und tls.key, oder stell einen Proxy mit HTTPS davor und setze server.public_url.",
  "doctor.say.voice.off": "Sprache ist aus (voice.enabled): Sprachkanälen kann niemand beitreten.",
  "doctor.say.voice.several":
    "Sprache ist aus, weil mehrere Prozesse eingerichtet sind und vorerst einer von ihnen alle Gespräche hielte. voice.enabled schaltet sie trotzdem ein.",
  "doctor.say.voice.no_address":
    "Sprachkanälen kann niemand beitreten: Dieser Rechner hat keine öffentliche Adresse, an die Browser Ton schicken könnten.",
  "doctor.say.voice.closed":
    "Der Server konnte {kind, select, any {einen beliebigen freien Port} both {{n, plural, one {Port {ports}} other {die Ports {ports}}} für UDP und TCP} other {{n, plural, one {UDP-Port {ports}} other {die UDP-Ports {ports}}}}} nicht öffnen; warum, steht in seinem Protokoll.",
  "doctor.say.voice.taken": "Sprache bekommt ihren Port nicht: {reason}",
  "doctor.say.voice.good":
    "Sprache {running, select, yes {hat} other {kann bekommen:}} {kind, select, any {einen beliebigen freien Port} both {{n, plural, one {Port {ports}} other {die Ports {ports}}} für UDP und TCP} other {{n, plural, one {UDP-Port {ports}} other {die UDP-Ports {ports}}}}}; Browser senden an {addresses}. {open, select, here {Das ist nur dieser Rechner; voice.announce nennt Adressen für andere.} other {Lass {kind, select, any {einen beliebigen freien Port} both {{n, plural, one {Port {ports}} other {die Ports {ports}}} für UDP und TCP} other {{n, plural, one {UDP-Port {ports}} other {die UDP-Ports {ports}}}}} durch jede Firewall und jeden Router davor.}}",
  "doctor.say.voice.own":
    "Gespräche laufen über Denos eigene Sockets und Verschlüsselung (voice.fast_path ist aus).",
  "doctor.say.voice.fast": "Gespräche laufen auf dem schnellen Weg.",
  "doctor.say.voice.slow":
    "Gespräche laufen ohne den schnellen Weg, den voice.fast_path verlangt: {reason}.",
  "doctor.say.voice.late": "Der Server läuft ohne den schnellen Weg, der hier inzwischen geht.",
  "doctor.say.voice.any_port":
    "Sprache nimmt bei jedem Start einen anderen Port, den keine Firewall kennen kann.",
  "doctor.say.voice.one_process":
    "Vorerst hält ein Prozess alle Gespräche eines Servers, und mehrere sind eingerichtet.",
  "doctor.say.voice.plain":
    "Die Leute kommen über {origin}, und Browser geben Seiten ohne HTTPS kein Mikrofon.",
  "doctor.do.voice.announce":
    "Setze voice.announce auf die IP-Adresse, unter der dieser Server von außen erreicht wird, oder schalte voice.enabled aus.",
  "doctor.do.voice.port":
    "Beende, was den Port benutzt, oder wähle einen anderen mit voice.port; dann starte den Server neu.",
  "doctor.do.voice.engine":
    "Nimm 64-Bit-Linux mit glibc und OpenSSL 3 (libcrypto.so.3), oder schalte voice.fast_path aus.",
  "doctor.do.voice.restart":
    "Starte den Server neu; sein Protokoll sagt, warum es damals nicht ging.",
  "doctor.do.voice.fixed": "Setze voice.port auf einen UDP-Port und öffne diesen.",
  "doctor.do.voice.one_process":
    "Betreibe den Server als einen Prozess, wo Sprache gewünscht ist: Wer mit einem anderen verbunden ist, kann nicht beitreten.",
  "doctor.do.voice.https":
    "Gib dem Server ein Zertifikat oder einen Proxy mit einem davor (siehe HTTPS in OPERATIONS.md).",
};
