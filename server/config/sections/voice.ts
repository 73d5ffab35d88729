import { defineSection } from "../section.ts";
import { integer, list, yesNo } from "../setting.ts";

export const voiceSection = defineSection({
  name: "voice",
  doc:
    "Calls in voice channels. What people say is encrypted between their browsers; this server passes it on, on one port of UDP and TCP.",
  settings: {
    enabled: yesNo({
      fallback: "true",
      doc:
        "Whether voice channels can be joined. All of a server's calls are held by one of its processes, so with bus.nats_url they cannot until this is set.",
    }),
    port: integer({
      fallback: "10000",
      min: 0,
      max: 65_535,
      doc:
        "The UDP port of all calls; 0: any free one. Open it in the firewall for everybody. A trial takes any free one where nothing is set and this is in use.",
    }),
    tcp: yesNo({
      fallback: "true",
      doc:
        "Whether the same port of TCP takes calls too, for people whose network lets no UDP through. Open it in the firewall as well.",
    }),
    host: list({
      doc:
        "The IP addresses to take voice on. Without it all of the machine, or what a trial announces by itself.",
    }),
    announce: list({
      doc:
        "The IP addresses at which browsers reach that port. Without it the machine's own public addresses, or 127.0.0.1 and those it has beside that for a trial; a server behind NAT has to name its public one.",
    }),
    workers: integer({
      fallback: "1",
      min: 1,
      max: 32,
      doc:
        "Threads that pass voice on, beside the server's own: the first with the port of calls, each further one with the next. A call stays on one of them. More than the machine has cores are of no use.",
    }),
    fastPath: yesNo({
      fallback: "false",
      doc:
        "Whether packets go through the system's own C library and OpenSSL 3, which takes less processor time (64-bit Linux with glibc). Tried at each start; where it does not work the log says why, and calls run without it.",
    }),
    gatherMs: integer({
      fallback: "4",
      min: 0,
      max: 20,
      doc:
        "How long packets gather on the fast path while many come, in milliseconds: all of them leave together, which takes less processor time, and each up to so much later. 0: each at once.",
    }),
    maxCalls: integer({
      fallback: "50",
      min: 1,
      max: 1000,
      doc: "Calls at once.",
    }),
    maxParticipants: integer({
      fallback: "25",
      min: 1,
      max: 64,
      doc: "People in one call, whatever its channel allows.",
    }),
    maxSpeakers: integer({
      fallback: "12",
      min: 1,
      max: 64,
      doc: "Voices of one call that are passed on at once: the loudest.",
    }),
    videoKilobits: integer({
      fallback: "2500",
      min: 0,
      max: 10_000,
      doc:
        "Of one screen or camera that somebody shows, in kilobits a second, sent to each who watches it. 0: nobody can show anything.",
    }),
    maxShown: integer({
      fallback: "8",
      min: 1,
      max: 64,
      doc: "Screens and cameras that are shown in one call at once.",
    }),
    maxMegabits: integer({
      fallback: "0",
      min: 0,
      max: 100_000,
      doc:
        "Sent for all calls together, in megabits a second, in equal parts by each of the workers; what is more is left out. 0: as much as there is.",
    }),
  },
});
