/**
 * What the checks of `openguild doctor` say: `doctor.say` what was seen, `doctor.do` what to do.
 * The command line and the API say it in English, the page of the administration in its language.
 */
export const doctorTexts = {
  "doctor.check.name": "name",
  "doctor.check.data_folder": "data folder",
  "doctor.check.disk": "disk",
  "doctor.check.database": "database",
  "doctor.check.events": "events",
  "doctor.check.clock": "clock",
  "doctor.check.file_store": "file store",
  "doctor.check.bus": "bus",
  "doctor.check.search": "search",
  "doctor.check.port": "port",
  "doctor.check.tls": "tls",
  "doctor.check.mail": "mail",
  "doctor.check.voice": "voice",
  "doctor.check.federation": "federation",
  "doctor.check.keys_of_others": "keys of others",
  "doctor.say.broken": "The check itself failed: {reason}.",
  "doctor.do.log": "Look into the log.",
  "doctor.say.files.first": "The first start makes the folder of files.",
  "doctor.say.files.good": "A file was written, read and deleted.",
  "doctor.say.files.failed":
    "The file store fails to {step, select, open {open} write {write} read {read} other {delete}}: {reason}.",
  "doctor.say.files.other_bytes": "The file store fails to read: it gives back other bytes.",
  "doctor.say.files.undeleted": "The file store fails to delete: what was deleted is still there.",
  "doctor.do.files":
    "For S3 check endpoint, bucket, keys and the rights to get, put, delete and list; for a folder its owner and the disk.",
  "doctor.say.bus.none": "One process on its own database needs none.",
  "doctor.say.bus.good":
    "A message went through {bus, select, nats {NATS} other {Postgres}} to a listener.",
  "doctor.say.bus.failed": "{reason}",
  "doctor.say.bus.lost": "A message on {subject} did not reach its listener within {seconds} s.",
  "doctor.do.bus.nats":
    "Is nats-server running, is NATS_URL right, and do bus.nats_user and bus.nats_password (or bus.nats_token) match its configuration? Messages between processes wait for it.",
  "doctor.do.bus.postgres":
    "Processes speak through LISTEN and NOTIFY: point DATABASE_URL at Postgres itself, not at a pooler in transaction mode, or set bus.nats_url.",
  "doctor.do.bus.rights":
    "Give the server's NATS user the right to publish and subscribe to log, accounts and og.>.",
  "doctor.say.clock.implausible": "This machine believes it is {time}.",
  "doctor.say.clock.alone": "{time} is plausible; there is no other to compare.",
  "doctor.say.clock.good": "This machine and the database agree on the time.",
  "doctor.say.clock.skewed":
    "The database's clock is {seconds} seconds {side, select, ahead {ahead of} other {behind}} this machine's.",
  "doctor.do.clock.set": "Set it by the network: timedatectl set-ntp true",
  "doctor.do.clock.one_wrong":
    "One of them is wrong. Set it by the network: timedatectl set-ntp true",
  "doctor.say.folder.absent": "{path} is not there yet.",
  "doctor.say.folder.file": "{path} is a file.",
  "doctor.say.folder.unwritable": "{path} cannot be written: {reason}.",
  "doctor.say.folder.open": "{path} can be read by other users of this machine.",
  "doctor.say.folder.good": "{path} is writable and private.",
  "doctor.do.folder.first": "The first start makes it.",
  "doctor.do.folder.other": "Choose another with --data.",
  "doctor.do.folder.own": "Give it to the user who runs the server: chown -R USER {path}",
  "doctor.do.folder.close": "It holds secrets: chmod go-rwx {path}",
  "doctor.say.database.first": "The first start makes the embedded database.",
  "doctor.say.database.embedded":
    "The embedded database never calls fsync: acknowledged messages survive a crash of the process, not of the machine. It has one connection's worth of speed and no replication.",
  "doctor.say.database.unreachable": "The database does not answer: {reason}.",
  "doctor.say.database.refused": "The database cannot be used. {reason}",
  "doctor.say.database.rights": "{user} may not make tables in the database.",
  "doctor.say.database.old": "Postgres is version {version}.",
  "doctor.say.database.unsafe":
    "Postgres runs with {name} = off: a crash loses messages that were acknowledged.",
  "doctor.say.database.behind": "{n, plural, one {# migration waits.} other {# migrations wait.}}",
  "doctor.say.database.empty": "The database is empty: no server has used it yet.",
  "doctor.say.database.good":
    "{kind, select, embedded {embedded Postgres} other {Postgres}} {version} answers.",
  "doctor.do.database.reach":
    "Is Postgres running, and is DATABASE_URL right (host, port, user, password, name)?",
  "doctor.do.database.other": "Change it, or name another one in DATABASE_URL.",
  "doctor.do.database.own":
    "Give the database to the user who is named in DATABASE_URL: alter database NAME owner to {user}",
  "doctor.do.database.upgrade": "Upgrade it to {wanted} or later.",
  "doctor.do.database.move":
    "For a community that matters: openguild backup FILE, set DATABASE_URL to a Postgres, openguild restore FILE.",
  "doctor.do.database.safe": "alter system set {name} = on; then restart Postgres.",
  "doctor.do.database.migrate": "The next start applies what waits, or: openguild migrate",
  "doctor.do.database.tables": "The next start makes its tables, or: openguild migrate",
  "doctor.say.disk.out": "{free} GiB are free where {path} is: the database is about to stop.",
  "doctor.say.disk.free": "{free} GiB are free where {path} is.",
  "doctor.do.disk": "Make room, or move the data folder to a larger disk (--data).",
  "doctor.say.events.all": "All {looked} stored events are what they were.",
  "doctor.say.events.some":
    "{looked} stored events, chosen by chance, are what they were (--events looks at all).",
  "doctor.say.events.damaged":
    "Of {looked} stored events {damaged} are damaged. {named}{more, plural, =0 {} other {; and # more}}.",
  "doctor.do.events":
    "The disk or somebody has changed them. No other server gets them. Look at the disk, and restore the database from a backup of before; events of other servers come again.",
  "doctor.say.federation.off": "Switched off: this server speaks with no other.",
  "doctor.say.federation.trial": "A trial speaks with its test peers alone ({peers} named).",
  "doctor.say.federation.stopped":
    "Not tried: the server must be running to be asked by its own name.",
  "doctor.say.federation.forbidden":
    "From here {name} leads to an address that no server dials: {reason}",
  "doctor.say.federation.unreached": "Other servers do not reach {name}: {reason}",
  "doctor.say.federation.else":
    "At {host} port {port} something else answers for /_federation/ (status {status}).",
  "doctor.say.federation.host":
    "The Host header was rewritten on its way: sent as {sent}, arrived as {arrived}. Signatures cover it, so every request of others is refused.",
  "doctor.say.federation.target":
    "The address was rewritten on its way: sent as {sent}, arrived as {arrived}. Signatures cover it, so requests of others are refused.",
  "doctor.say.federation.changed":
    "A request that was signed here does not verify after its way: {reason}.",
  "doctor.say.federation.method":
    "A request that was signed here does not verify after its way: its method became {method}.",
  "doctor.say.federation.good": "A signed request came through {host} port {port} unchanged.",
  "doctor.do.federation.private":
    "Fine where only your own network sees it so. If others see it too, give the name its public address in DNS.",
  "doctor.do.federation.unresolved":
    "Give the name an address in DNS (A or AAAA), or let https://{name}/.well-known/openguild/server name the host that has one.",
  "doctor.do.federation.unreachable":
    "Is the port open in the firewall and forwarded to this machine? Others need the port that https://{name}/.well-known/openguild/server names; without one, 443.",
  "doctor.do.federation.timeout":
    "Something drops the packets: look at firewalls and port forwarding on the way.",
  "doctor.do.federation.tls":
    "Others accept TLS 1.3 alone, with a certificate for that host from a public authority: see tls.cert and tls.acme, or the proxy in front.",
  "doctor.do.federation.too_large":
    "Something else answers there: let the proxy lead /.well-known/openguild/ and /_federation/ to this server.",
  "doctor.do.federation.paths":
    "Let the proxy lead /_federation/ and /.well-known/openguild/ to this server, with their paths unchanged.",
  "doctor.do.federation.host":
    "Let the proxy pass it on: proxy_set_header Host $http_host in nginx, ProxyPreserveHost On in Apache.",
  "doctor.do.federation.target":
    "Let the proxy pass the path on as it came: in nginx proxy_pass without a path behind the port, AllowEncodedSlashes NoDecode and nocanon in Apache.",
  "doctor.do.federation.changed":
    "Something on the way changes requests: look at what the proxy does to headers and bodies.",
  "doctor.say.keys.silent":
    "{server} does not answer. What its people did before this server came rests on the word of {names} (keys: {keys}) until it answers.",
  "doctor.say.keys.denied":
    "{server} answers, and does not list {denied} of the keys that were taken on the word of {names}: what its people are said to have done with them is not confirmed.",
  "doctor.do.keys.ask":
    "Ask whoever runs {server}. If it was set up anew, the past is right, and a backup gives it its keys again. If they know nothing of it, it was made up: leave the guild, block whoever gave their word (federation.block), and join again through a server you trust.",
  "doctor.say.mail.none":
    "No mail server is configured: forgotten passwords need an administrator.",
  "doctor.say.mail.failed": "{reason}",
  "doctor.say.mail.plain":
    "The mail server {host}:{port} {login, select, yes {takes the login of {user}} other {takes mails}}, but nothing is encrypted on the way there.",
  "doctor.say.mail.good":
    "The mail server {host}:{port} {login, select, yes {takes the login of {user}} other {takes mails}}, {way, select, local {on this machine, unencrypted} other {encrypted}}.",
  "doctor.do.mail.unreachable":
    "Are mail.host and mail.port right, and does a firewall let this machine reach them? Many providers close port 25 and leave 587 and 465 open.",
  "doctor.do.mail.encryption":
    "Does the mail server offer what mail.tls asks for, and is its certificate valid for mail.host? An own authority is named in mail.ca; port 465 wants mail.tls: tls.",
  "doctor.do.mail.login":
    "Are mail.user and mail.password right? Many providers want a password made for programs.",
  "doctor.do.mail.later": "Look into the mail server's log.",
  "doctor.do.mail.encrypt": "Set mail.tls to starttls or tls: links for new passwords go this way.",
  "doctor.say.name.other": 'The database belongs to "{stored}", the configuration says "{name}".',
  "doctor.say.name.trial":
    "This is a trial on localhost: its accounts can never meet other servers.",
  "doctor.say.name.links": "The name is {name}, but links lead to {address}.",
  "doctor.say.name.good": "{name}, opened at {address}.",
  "doctor.do.name.other":
    "Set server.name to {stored}, or use a new database: a server's name is for ever.",
  "doctor.do.name.trial":
    "Start for real in a new folder: openguild init --name example.org --data FOLDER",
  "doctor.do.name.links":
    "Set server.public_url to the address under which people open the server.",
  "doctor.say.port.listens": "The server listens on {host} port {port}.",
  "doctor.say.port.free": "{host} port {port} is free.",
  "doctor.say.port.taken": "Another program listens on {host} port {port}.",
  "doctor.say.port.forbidden": "This user may not listen on port {port}.",
  "doctor.say.port.failed": "This machine cannot listen on {host}: {reason}.",
  "doctor.do.port.taken": "Stop it, or choose another port with --port.",
  "doctor.do.port.forbidden":
    "Choose a port above 1023, or: setcap cap_net_bind_service=+ep openguild",
  "doctor.do.port.failed": "Choose one of its addresses with --host (0.0.0.0 for all).",
  "doctor.say.search.postgres": "Messages are found by Postgres itself.",
  "doctor.say.search.old":
    "Meilisearch at {address} is version {version}, which cannot filter by words.",
  "doctor.say.search.good": "Meilisearch {version} at {address} takes the key.",
  "doctor.say.search.failed": "{reason}",
  "doctor.do.search.upgrade": "Upgrade Meilisearch to {wanted} or newer.",
  "doctor.do.search.reach":
    "Is Meilisearch running, and is search.meilisearch_url right? Searches wait for it; what is said is indexed once it is back.",
  "doctor.do.search.key":
    "Is search.meilisearch_url Meilisearch's own address, and does search.meilisearch_key name a key that may do everything with indexes openguild-*, read tasks and the version?",
  "doctor.say.tls.unfetched": "No certificate has been fetched yet.",
  "doctor.say.tls.failed": "{reason}",
  "doctor.say.tls.ended": "The certificate ended on {until}.",
  "doctor.say.tls.ends": "The certificate ends on {until}.",
  "doctor.say.tls.early": "The certificate is not valid yet.",
  "doctor.say.tls.other": "The certificate is not for {host}, where people open this server.",
  "doctor.say.tls.good": "The certificate is for {host} and good until {until}.",
  "doctor.say.tls.proxy":
    "A proxy in front must speak HTTPS for {address} and lead to port {port}.",
  "doctor.say.tls.local": "Plain HTTP, for this machine alone.",
  "doctor.say.tls.plain": "Plain HTTP for other machines: browsers refuse to log in there.",
  "doctor.do.tls.fetch":
    "The first start fetches one for {names}: each name must lead here, and port 80 must reach this server.",
  "doctor.do.tls.files": "Name a certificate chain and its key, both PEM files.",
  "doctor.do.tls.fetched": "The log says why its renewal fails.",
  "doctor.do.tls.renew": "Renew it; the server takes the new files within a minute.",
  "doctor.do.tls.clock": "Is this machine's clock right?",
  "doctor.do.tls.other": "Get one for {host}, or set server.public_url to the certificate's name.",
  "doctor.do.tls.plain":
    "Set tls.acme, tls.cert and tls.key, or put a proxy with HTTPS in front and set server.public_url.",
  "doctor.say.voice.off": "Voice is off (voice.enabled): voice channels cannot be joined.",
  "doctor.say.voice.several":
    "Voice is off, because several processes are configured and for now one of them would hold all calls. voice.enabled switches it on all the same.",
  "doctor.say.voice.no_address":
    "Voice channels cannot be joined: this machine has no public address that browsers could send voice to.",
  "doctor.say.voice.closed":
    "The server could not open {kind, select, any {any free port} both {{n, plural, one {port {ports}} other {ports {ports}}} of UDP and TCP} other {UDP {n, plural, one {port {ports}} other {ports {ports}}}}}; its log says why.",
  "doctor.say.voice.taken": "{reason}",
  "doctor.say.voice.good":
    "Voice {running, select, yes {has} other {can have}} {kind, select, any {any free port} both {{n, plural, one {port {ports}} other {ports {ports}}} of UDP and TCP} other {UDP {n, plural, one {port {ports}} other {ports {ports}}}}}, browsers send to {addresses}. {open, select, here {That is this machine alone; voice.announce names addresses for others.} other {Let {kind, select, any {any free port} both {{n, plural, one {port {ports}} other {ports {ports}}} of UDP and TCP} other {UDP {n, plural, one {port {ports}} other {ports {ports}}}}} through every firewall and router before it.}}",
  "doctor.say.voice.own": "Calls run on Deno's own sockets and cipher (voice.fast_path is off).",
  "doctor.say.voice.fast": "Calls run on the fast path.",
  "doctor.say.voice.slow":
    "Calls run without the fast path that voice.fast_path asks for: {reason}.",
  "doctor.say.voice.late": "The server runs without the fast path, which works here by now.",
  "doctor.say.voice.any_port":
    "Voice takes another port with each start, which no firewall can know.",
  "doctor.say.voice.one_process":
    "For now one process holds all calls of a server, and several are configured.",
  "doctor.say.voice.plain":
    "People come by {origin}, and browsers give no microphone to pages without HTTPS.",
  "doctor.do.voice.announce":
    "Set voice.announce to the IP address under which this server is reached from outside, or switch voice.enabled off.",
  "doctor.do.voice.port":
    "Stop what uses the port, or choose another one with voice.port; then start the server again.",
  "doctor.do.voice.engine":
    "Use 64-bit Linux with glibc and OpenSSL 3 (libcrypto.so.3), or switch voice.fast_path off.",
  "doctor.do.voice.restart": "Start the server again; its log says why it did not work then.",
  "doctor.do.voice.fixed": "Set voice.port to one UDP port, and open that.",
  "doctor.do.voice.one_process":
    "Run the server as one process where voice is wanted: whoever is connected to another one cannot join.",
  "doctor.do.voice.https":
    "Give the server a certificate, or a proxy with one before it (see HTTPS in OPERATIONS.md).",
} as const;
