import type { refusedTexts as english } from "./en_refused.ts";

/** The same in German. */
export const refusedTexts: Readonly<Record<keyof typeof english, string>> = {
  "inbound.why.shape": "Es hat nicht die Form eines Ereignisses.",
  "inbound.why.large": "Es ist zu groß.",
  "inbound.why.elsewhere": "Es gehört zu einem anderen Raum.",
  "inbound.why.signature":
    "Es trägt keine gültige Unterschrift seines Servers mit einem Schlüssel jener Zeit.",
  "inbound.why.key": "Ein Schlüssel, mit dem es unterschrieben ist, war noch nicht bekannt.",
  "inbound.why.room": "Diesen Raum hat dieser Server nicht.",
  "inbound.why.checking": "Der Raum wurde nach einem Beitritt noch geprüft.",
  "inbound.why.cites": "Etwas, das es nennt, war noch nicht da.",
  "inbound.why.cited": "Es nennt etwas, das es nicht nennen darf.",
  "inbound.why.resolving": "Der Zustand des Raums davor wurde noch ermittelt.",
  "inbound.why.unnamed": "Kein angenommenes Ereignis des Kanals nennt es.",
  "inbound.why.crowded": "Es warten schon zu viele Ereignisse.",
  "inbound.why.quota":
    "Von seinem Server wurden in diesem Raum schon zu viele Ereignisse zurückgestellt.",
  "inbound.why.givenUp": "Worauf es wartete, kam nicht, so oft auch danach gefragt wurde.",
  "inbound.why.unstorable": "Die Datenbank kann es nicht speichern.",
  "inbound.why.fault":
    "Dieser Server ist daran gescheitert, es zu beurteilen, und versucht es noch einmal.",
  "inbound.why.content": "Seine Art oder sein Inhalt hat in diesem Raum keinen Platz.",
  "inbound.why.closed": "Der Raum ist für andere Server geschlossen.",
  "inbound.why.right": "{sender} hat kein Recht dazu.",
  "inbound.why.rests": "Es nennt nicht genau das, worauf es beruht.",
  "inbound.why.first": "Der Raum hat einen anderen Anfang.",
  "inbound.why.owner": "Das tut nur, wem der Raum gehört, und nicht auf diese Weise.",
  "inbound.why.merge": "Es führt keine Enden des Verlaufs zusammen.",
  "inbound.why.member": "So kann sich die Mitgliedschaft nicht ändern.",
  "inbound.why.order": "{sender} darf Rollen oder Kanäle nicht so ändern.",
  "inbound.why.moderation": "{sender} darf nicht so moderieren.",
  "inbound.why.channel":
    "Den Kanal gibt es nicht, er ist geschlossen, oder dort kann niemand etwas sagen.",
  "inbound.why.policy": "Dieser Server spricht nicht mit dem von {sender}.",
  "inbound.why.acl": "Der Raum schließt den Server von {sender} aus.",
  "inbound.why.guild": "Die Gilde dieses privaten Kanals lässt {sender} nicht herein.",
  "inbound.why.ends": "Der Verlauf des Raums hat zu viele Enden.",
  "inbound.why.future": "Es ist auf die Zukunft datiert.",
  "inbound.why.oldKey": "Der Schlüssel, mit dem es unterschrieben ist, zählt nicht mehr.",
  "inbound.why.rival": "Der Raum wurde jemand anderem übergeben.",
  "inbound.why.mergeRate": "Sein Server führt zu oft Enden zusammen.",
  "inbound.why.people": "Die Unterhaltung hat zu viele Leute.",
  "inbound.why.channels": "Die Gilde hat zu viele Kanäle.",
  "inbound.why.locked": "Der Thread ist gesperrt.",
  "inbound.why.slow": "{sender} schreibt öfter, als der langsame Modus erlaubt.",
};
