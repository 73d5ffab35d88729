import { assert } from "./assert.ts";

/**
 * Every number of the protocol, in one place. A server that changes one no longer speaks `og1`.
 * PROTOCOL.md 11. Operational bounds live in the configuration instead.
 */
export const limits = {
  /** Canonical JSON (PROTOCOL.md 2). */
  json: {
    maxDepth: 16,
    /** Every value counts one: object, array, string, number, literal. Keys do not. */
    maxNodes: 4096,
    maxKeyBytes: 255,
    maxInteger: Number.MAX_SAFE_INTEGER,
  },
  event: {
    /** Canonical form without `signatures`. */
    maxBytes: 65_536,
    /** After those of servers not required were stripped. */
    maxSignatures: 4,
    maxIdBytes: 255,
    maxTypeBytes: 255,
    maxStateKeyBytes: 255,
    maxPrevEvents: 20,
    maxAuthEvents: 12,
    maxStateRefs: 10,
    saltBytes: 16,
    minTs: 1_600_000_000_000,
    /** Exclusive. */
    maxTs: 2 ** 42,
  },
  authority: {
    maxRoles: 250,
    maxMemberRoles: 64,
    maxEntries: 200,
    maxPosition: 1_000_000,
    maxBitsHexDigits: 32,
    maxTimeoutMs: 28 * 24 * 3_600_000,
    /** Of a ban with an end, and of a membership with one: checked by the sender's server alone. */
    maxBanMs: 5 * 366 * 24 * 3_600_000,
    /** Checked by the sender's server and in step 6, never in steps 4-5. */
    maxChannels: 500,
    /** People in a group DM, invited ones too: checked by the inviter's server alone. */
    maxGroupPeople: 25,
    /** Beyond it step 6 takes no invite: concurrent honest ones stay far below. */
    maxGroupPeopleTaken: 50,
    /** How long an invite into a group DM stands: checked by the inviter's server alone. */
    groupInviteMs: 14 * 24 * 60 * 60 * 1000,
    maxMergesPerMinute: 1,
  },
  content: {
    maxRedactions: 100,
    maxBodyBytes: 16_384,
    maxMedia: 10,
    maxMentions: 100,
    maxReactionKeyBytes: 64,
    maxPollOptions: 20,
    maxNameBytes: 400,
    maxTopicBytes: 4096,
    maxReasonBytes: 2048,
    maxUriBytes: 500,
    maxAllowRules: 10,
    maxAclEntries: 1000,
    maxEmbeds: 10,
    /** What newcomers of a guild are shown. */
    maxWelcomeBytes: 4096,
    maxWelcomeChannels: 5,
    /** What an emoji was called before, besides what it was called first. */
    maxEmojiFormerNames: 10,
  },
  /** Messages that people report to those who run their server, and how long that is kept. */
  reports: {
    maxNoteChars: 1000,
    /** Wordings of one message that go along: the newest ones. */
    maxWordings: 10,
    /** Of one account, at once. */
    maxOpen: 50,
    /** After a report was closed: what was said, and the report itself. */
    wordsKeptMs: 30 * 86_400_000,
    keptMs: 365 * 86_400_000,
  },
  /** Encrypted contents (PROTOCOL.md 12), in bytes before base64. */
  sealed: {
    /** Of the plaintext that travels inside MLS: its true length is the same for all. */
    recordBytes: 256,
    /** Bodies are padded to powers of two from here to `maxBucketBytes`. */
    minBucketBytes: 256,
    maxBucketBytes: 32_768,
    /** The largest bucket of a body, its nonce and its tag. */
    maxBodyBytes: 32_768 + 64,
    maxKeyBytes: 4096,
    maxExcerptBytes: 400,
  },
  /** What a member shares with somebody who came later. PROTOCOL.md 12, "Shared history". */
  history: {
    /** Content keys of one batch, which is one event. */
    maxBatchKeys: 128,
    maxBatches: 32,
    /** How far a share may go back. */
    maxSpanMs: 31 * 24 * 3_600_000,
    /** Keys that a device holds of one room until it has their events. */
    maxHeldKeys: 16_384,
    /** Of them from one giver: what one share can give. */
    maxHeldKeysOfGiver: 4096,
    /** A Welcome for the devices of one account, base64. */
    maxWelcomeChars: 20_480,
    /** The message that carries a share's key, base64. */
    maxMessageChars: 2048,
  },
  /** Devices and identities (PROTOCOL.md 12). */
  e2ee: {
    maxCertificateBytes: 600,
    maxCertificateMs: 2 * 365 * 24 * 3_600_000,
    /** Of an encrypted backup, as servers store them. */
    maxChunkBytes: 262_144,
    maxSlotBytes: 2048,
    /** Argon2id of a backup's passphrase: KiB of memory and rounds. */
    minArgonKib: 19_456,
    maxArgonKib: 262_144,
    minArgonRounds: 2,
    maxArgonRounds: 10,
  },
  /** Encryption: groups of devices (MLS). */
  mls: {
    /** Devices in a group. A room that would pass it refuses the join. */
    maxMembers: 500,
    /** Leaves of a group's tree: the power of two that holds `maxMembers`. */
    maxLeaves: 512,
    maxGroupIdBytes: 64,
    maxCredentialBytes: 1024,
    /** Extensions are counted with it. */
    maxKeyPackageBytes: 4096,
    /** A commit, a Welcome or a group's info with its tree. */
    maxHandshakeBytes: 1024 * 1024,
    maxMessageBytes: 65_536,
    /** Past epochs whose messages can still be read. */
    keptEpochs: 4,
    /** Keys of messages skipped over, of each sender and epoch. */
    keptGenerations: 2000,
    /** Messages that may be missing in front of one. */
    maxForwardSteps: 2000,
  },
  keys: {
    maxWindowMs: 14 * 24 * 3_600_000,
    rotateEveryMs: 7 * 24 * 3_600_000,
    /** A key retired for longer than this counts no more for what is new (step 6). */
    retiredGraceMs: 7 * 24 * 3_600_000,
    /** A server whose document was fetched within this is not spoken for by others. */
    wordAfterMs: 24 * 3_600_000,
    maxEntriesInDocument: 200,
    /** Entries beyond a full document that are asked for at once, by their ids. */
    maxEntriesInExcerpt: 100,
    maxRevocationsInDocument: 200,
    maxDocumentBytes: 131_072,
    maxRevocationReasonBytes: 500,
  },
  receive: {
    /** An event may be dated this far ahead of the receiver's clock (step 6). */
    maxFutureMs: 5 * 60_000,
    /** First seen this long after its `origin_ts`, an event is marked late. */
    lateAfterMs: 10 * 60_000,
    /** Parents lift an event's place in its channel at most this far above its `origin_ts`. */
    maxLiftMs: 3_600_000,
    softFailedKeptMs: 7 * 24 * 3_600_000,
    maxSoftFailedPerRoom: 1000,
    /** Soft-failed events of one server that are stored in a room; what comes beyond is dropped. */
    maxSoftFailedPerServer: 1000,
    /** Rejected events of one server that are remembered in a room; older ones are forgotten. */
    maxRejectedPerServer: 1000,
    /** Larger full conflicted sets are resolved in the background. */
    maxForegroundConflict: 5000,
    /** More control heads than this ask for a `merge`. */
    maxControlHeads: 10,
    /** With so many ends a control event that joins none of them is soft-failed. */
    maxEndsToFork: 100,
  },
  transaction: {
    maxPdus: 50,
    maxEdus: 100,
    maxEduBytes: 8192,
    maxBytes: 4 * 1024 * 1024,
    maxRequestAgeMs: 60_000,
    nonceKeptMs: 10 * 60_000,
  },
  /** Bounds of what servers ask of each other beside transactions. */
  federation: {
    maxIdsPerRequest: 100,
    maxPdusPerAnswer: 500,
    maxKeysPerAnswer: 500,
    maxHeadsPerGraph: 1000,
    /** Ends of a room's graphs that a server is sent by each other one when it comes in. */
    maxEndsPerArrival: 1000,
    /** Servers of a room that tell one which comes in of control events of others. */
    maxIntroducers: 3,
    /** A state of more events is fetched as a graph, not by its ids. */
    maxStateIds: 100_000,
    /** Of an invite: create event, name, icon, the inviter's membership and a few more. */
    maxStrippedState: 20,
    maxServersPerAnswer: 1000,
    /** State beside members that a join is answered with: channels twice, roles, and the rest. */
    maxJoinState: 2000,
    /** Of a room that is joined: its control graph is held in memory while it is checked. */
    maxControlEvents: 250_000,
    /** Why events were left out of a room that was joined: enough to find the cause. */
    maxReasonsKept: 20,
    maxMediaBytes: 1024 * 1024 * 1024,
    maxTypingMs: 30_000,
    /** JSON values in one request or answer: a page of PDUs, each with as many as it may have. */
    maxNodes: 2_200_000,
    /** Levels of one request or answer: those of a PDU in its list in its object. */
    maxDepth: 20,
    /** Events of others that cannot be judged yet. */
    maxWaitingPerOrigin: 1000,
    maxWaitingBytesPerOrigin: 16 * 1024 * 1024,
    maxWaiting: 10_000,
    /** Servers that are asked in turn for what is missing. */
    maxServersAsked: 5,
  },
  /** Voice: what one media server holds, and how long it waits. */
  voice: {
    maxSeats: 2000,
    /** Calls at once that have figures of their own: each is some series more. */
    roomsCounted: 100,
    /** A channel's own limit of people goes up to 99. */
    maxSeatsPerCall: 100,
    /** Voices of one call that are forwarded at once: the loudest. */
    maxSpeakers: 12,
    /** Longer datagrams are dropped unread. */
    maxDatagramBytes: 1500,
    /** Sends that the system has not confirmed. More of them cost more than they carry. */
    maxSendsInFlight: 64,
    /** Datagrams that wait behind them. Beyond it the oldest is dropped: late voice is worthless. */
    maxSendQueue: 2048,
    /** Addresses that one participant's checks may come from at a time. */
    maxAddresses: 4,
    /** Streams that one participant's browser may begin; of its voice the latest is heard. */
    maxStreams: 16,
    /** Of a participant, whatever the bitrate: frames of 5 ms. */
    maxPacketsPerSecond: 200,
    minBitrate: 8000,
    maxBitrate: 510_000,
    maxSdpBytes: 131_072,
    maxSdpLines: 8192,
    /** A description's parts, those that are over and not replaced among them. */
    maxSdpParts: 100,
    /**
     * Of them, what pictures and their sounds leave: for as many voices as `voice.max_participants`
     * can allow, and for what the browser sends itself.
     */
    sdpPartsForVoices: 67,
    /** Of one message of a browser's handshake: its certificate is the largest. */
    maxHandshakeBytes: 8192,
    /** Pieces of one message. */
    maxFragments: 32,
    /** Messages of a handshake, and encrypted records, kept while an earlier one is missing. */
    maxHandshakeAhead: 8,
    /** A handshake that is begun anew this often has failed. */
    maxHandshakeStarts: 16,
    /** From the offer to the first check, and from there to the keys. */
    maxConnectMs: 60_000,
    /** Checks come every 2.5 s. After this long without one a participant counts as disconnected. */
    silentMs: 8000,
    /** Consent (RFC 7675): nothing is sent to who has not asked for it for so long. */
    consentMs: 30_000,
    /** Another address takes over without being chosen when the present one was silent so long. */
    rebindMs: 3000,
    /** Louder than this many decibels under the loudest counts as speech. */
    speechDb: 50,
    /** Pauses between words do not end it. */
    speechHoldMs: 600,
    /** A jump of a stream's numbers beyond this is closed for its listeners. */
    maxSequenceGap: 1024,
    reportEveryMs: 3000,
    /** What a sender says of a stream's time is told to its listeners this often at most. */
    senderReportMs: 500,
    /** Of one picture, bits a second, where the server says nothing else; and where it begins. */
    videoBitrate: 2_500_000,
    minVideoBitrate: 150_000,
    /** An answer's list of layers: the names of three and what may stand between them. */
    maxSimulcastChars: 64,
    videoStartKilobits: 1000,
    /** Of the sound of a screen. */
    shownSoundBitrate: 96_000,
    /** Of one picture, whatever its bitrate. */
    maxVideoPacketsPerSecond: 1500,
    /** The last packets of a picture, kept for whoever missed one: about a second. */
    maxKeptPackets: 256,
    /** Packets that are sent once more for one request of a browser. */
    maxResends: 64,
    /** The same for one listener over time, with what is asked of senders for it. */
    maxResendsPerSecond: 500,
    /** A packet that never came is asked of its sender this often at most. */
    askAgainMs: 100,
    /** A whole picture is asked of a sender this often at most, however many need one. */
    keyframeEveryMs: 1000,
    /** Senders of pictures are told how they fare this often. */
    videoReportMs: 1000,
    /** TCP connections that have not proven whose they are: so many, and so long. */
    maxTcpUnproven: 100,
    tcpProofMs: 10_000,
    /** Of one TCP connection, not sent yet. Beyond it voice is left out. */
    maxTcpBacklogBytes: 32_768,
    /** Errors of a socket that are told before it only counts on. */
    maxFaultsLogged: 20,
  },
} as const;

const day = 24 * 3_600_000;
assert(
  limits.keys.rotateEveryMs * 2 <= limits.keys.maxWindowMs,
  "limits: a key's window spans its own week and the overlap with the next",
);
assert(
  limits.keys.retiredGraceMs < limits.keys.maxWindowMs && limits.keys.maxWindowMs <= 14 * day,
  "limits: retirement acts before a window's end could",
);
assert(
  limits.federation.maxNodes > limits.federation.maxPdusPerAnswer * limits.json.maxNodes &&
    limits.federation.maxDepth >= limits.json.maxDepth + 2,
  "limits: a full page of PDUs fits into an answer",
);
assert(
  limits.event.maxStateRefs <= limits.event.maxPrevEvents &&
    limits.receive.maxControlHeads <= limits.event.maxStateRefs,
  "limits: every wished control head fits into state_refs and prev_events",
);
assert(
  2 * limits.authority.maxGroupPeople <= limits.authority.maxGroupPeopleTaken,
  "limits: two who fill a group DM at once are both heard",
);
assert(
  limits.event.maxPrevEvents + limits.event.maxAuthEvents + 64 < limits.json.maxNodes,
  "limits: the envelope's lists leave room for content",
);
assert(
  limits.content.maxBodyBytes + 16_384 < limits.event.maxBytes &&
    limits.transaction.maxEduBytes < limits.event.maxBytes,
  "limits: the longest body and its envelope fit into an event",
);
assert(
  (limits.sealed.maxBodyBytes + limits.sealed.maxKeyBytes) * 4 / 3 + 8192 < limits.event.maxBytes,
  "limits: the largest sealed content and its envelope fit into an event",
);
assert(
  limits.sealed.maxBucketBytes + 24 + 16 <= limits.sealed.maxBodyBytes &&
    limits.content.maxBodyBytes < limits.sealed.maxBucketBytes,
  "limits: the longest body fits into the largest bucket, and that into a sealed content",
);
assert(
  limits.authority.maxRoles * 3 < limits.json.maxNodes &&
    limits.authority.maxEntries * 4 < limits.json.maxNodes &&
    limits.authority.maxMemberRoles < limits.json.maxNodes,
  "limits: the largest roles table and policy fit into the node bound",
);
assert(
  (limits.authority.maxRoles * (32 + 60 + limits.authority.maxBitsHexDigits)) <
      limits.event.maxBytes &&
    limits.authority.maxEntries * (limits.event.maxIdBytes + 40 + 64) < limits.event.maxBytes * 2,
  "limits: the largest roles table fits into an event",
);
assert(
  limits.transaction.maxPdus * limits.event.maxBytes +
      limits.transaction.maxEdus * limits.transaction.maxEduBytes <=
    limits.transaction.maxBytes + limits.transaction.maxBytes / 8,
  "limits: a full transaction of full events is near the transaction bound",
);
assert(
  limits.receive.maxFutureMs < limits.receive.lateAfterMs &&
    limits.event.maxTs > limits.event.minTs && limits.event.maxTs < limits.json.maxInteger,
  "limits: times are ordered",
);
assert(
  limits.voice.silentMs < limits.voice.consentMs && limits.voice.rebindMs < limits.voice.silentMs &&
    limits.voice.maxSdpParts >= limits.voice.maxSeatsPerCall &&
    limits.voice.sdpPartsForVoices < limits.voice.maxSdpParts,
  "limits: a participant is silent before it is given up, and has a part for each other one",
);
