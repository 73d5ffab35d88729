/**
 * Where each class of attack, and each scenario of Matrix's suites that has a meaning here, is
 * tested. A name that no test carries any more fails, and so does a class that is not tested.
 */
import assert from "node:assert/strict";

const EVENTS = "tests/federation/event_doors_test.ts";
const TRANSACTIONS = "tests/federation/transaction_doors_test.ts";
const READING = "tests/federation/reading_doors_test.ts";
const MEMBERSHIP = "tests/federation/membership_doors_test.ts";
const ACL = "tests/federation/acl_doors_test.ts";
const STATE = "tests/state/attacks_test.ts";
const PRESENT = "tests/inbound/present_test.ts";
const REDACTION = "tests/inbound/redaction_test.ts";
const BYZANTINE = "tests/sim/byzantine_test.ts";
const FORGERY = "tests/federation/edu_forgery_test.ts";
const WAITING = "tests/inbound/waiting_test.ts";
const IDS = "core/ids/ids_test.ts";
const RULES = "core/auth/rules_test.ts";
const IMPORT = "federation/perform/import_room_test.ts";
const SCENES = "tests/federation/read_scenarios_test.ts";
const MEMBERSHIPS = "tests/federation/memberships_test.ts";

/** Class or scenario, the file, and a part of the test's name. */
const CLASSES: readonly (readonly [name: string, file: string, test: string])[] = [
  ["A1 unbounded event or side field", EVENTS, "A1 unbounded event or side field"],
  ["A2 parent fan-in", EVENTS, "A2 parent fan-in"],
  ["A3 depth overflow: here the order", "core/state/timeline_order_test.ts", "dated far ahead"],
  ["A4 JSON numbers", EVENTS, "A4 JSON numbers"],
  ["A5 unsigned side doors", READING, "A5 unsigned side doors"],
  ["A6 path room is not body room", EVENTS, "A6 path room is not body room"],
  ["A6 on memberships", MEMBERSHIP, "A6 path room is not body room on send_join"],
  ["A7 auth events of another room", EVENTS, "A7 auth events of another room"],
  ["A7 in the rules", STATE, "A7: auth events of another room"],
  ["A8 cross-room reads", READING, "A8 cross-room reads"],
  ["A9 rights misread", EVENTS, "A9, A13 rights are read in one way"],
  ["A10 rejected event re-enters", EVENTS, "A10 rejected event re-enters"],
  ["A10 later", PRESENT, "A10 A21"],
  ["A11 state reset", EVENTS, "A11 state reset"],
  ["A11 by hostile servers", BYZANTINE, "G7, A7, A10, A11, A15"],
  ["A11 in the resolver", STATE, "A11: state reset"],
  ["A12 room id collision", EVENTS, "A12 room id collision"],
  ["A13 no roles table", STATE, "A13: no roles table in sight"],
  ["A14 index blow-up", "tests/federation/flood_test.ts", "A14"],
  ["A15 extremity bomb", EVENTS, "A15 extremity bomb"],
  ["A15 old branch", STATE, "A15: building on a branch"],
  ["A16 signing oracle", MEMBERSHIP, "A16 signing oracle: whatever a template says"],
  ["A16 as voucher", MEMBERSHIP, "A16 signing oracle: no signature of ours"],
  ["A17 expired or known-weak key", TRANSACTIONS, "A17 expired or known-weak key"],
  ["A18 notary spoof", "federation/keys/key_ring_test.ts", "notary server must not overwrite"],
  ["A19 EDU forgery", FORGERY, "forged EDUs"],
  [
    "A19 words about friends",
    "tests/federation/friends_test.ts",
    "a hostile server speaks for its",
  ],
  ["A20 ACL evasion", ACL, "A20 ACL evasion"],
  ["A20 spellings", "federation/policy_test.ts", "G20: the ACL of a room reads the same hosts"],
  ["A21 poison event", EVENTS, "A21 poison event"],
  ["A22 enumeration", READING, "A22 enumeration"],
  [
    "A22 enumeration of devices",
    "tests/e2ee/devices_federation_test.ts",
    "servers ask in vain",
  ],
  [
    "A22 key packages of people elsewhere",
    "tests/e2ee/delivery_test.ts",
    "a package that nobody claimed adds nobody (ghost), a stranger neither",
  ],
  ["A23 poison invite", MEMBERSHIP, "A23 poison invite"],
  ["A24 lock starvation", TRANSACTIONS, "A24 lock starvation"],
  ["A25 SSRF", "server/federation/http_client_test.ts", "G23"],
  [
    "A26 endless answers",
    "server/federation/http_client_test.ts",
    "answers: bounded, whole, in time",
  ],
  ["A26 preview recursion", "tests/previews_test.ts", "A26: of all that a page names"],
  [
    "A27 media",
    "tests/hostile_media_test.ts",
    "hostile uploads: none escapes",
  ],
  [
    "A28 active content",
    "tests/hostile_media_test.ts",
    "hostile uploads: none escapes",
  ],
  ["A28 names and words", "tests/e2e/injection_test.ts", "text of others stays text"],
  ["A29 redaction", EVENTS, "A29 redaction"],
  ["A29 circles", REDACTION, "A29"],
  ["A30 history leak", READING, "A30 TestLeaveEventVisibility"],
  ["A31 replay", TRANSACTIONS, "A31 transaction replay"],
  ["A32 re-interpretation of signed data", EVENTS, "A32 re-interpretation"],
  ["A33 ghost devices of a lying server", "server/federation/remote_devices_test.ts", "A33"],
  [
    "A33 groups changed against their rules",
    "tests/e2ee/delivery_test.ts",
    "hostile bundles are refused by name, and change nothing",
  ],
  [
    "A33 members who left and go on reading",
    "tests/e2ee/delivery_test.ts",
    "whoever is gone goes first",
  ],
  [
    "A33 servers that send without encryption",
    "tests/e2ee/sealed_rooms_test.ts",
    "what another server sends unsealed is shown, and marked",
  ],
  ["A34 pathological patterns", "core/auth/judge_current_test.ts", "pathological globs (A20)"],
  ["A35 remote status passed on", MEMBERSHIP, "A35 remote 401 or 5xx"],
  ["A36 silent damage of the database", "tests/inbound/pipeline_test.ts", "A36 silent damage"],
  ["A36 damage of a backup", "server/backup/backup_test.ts", "any damage is found"],
  [
    "A36 a database that acknowledges before it stores",
    "server/postgres/connect_test.ts",
    "a database that acknowledges before it stores is refused",
  ],
];

const CLASS_COUNT = 36;

const SCENARIOS: typeof CLASSES = [
  ["TestACLs", ACL, "TestACLs"],
  ["TestACLsForEDUs", ACL, "TestACLsForEDUs"],
  [
    "TestInboundFederationRejectsEventsWithRejectedAuthEvents",
    EVENTS,
    "TestInboundFederationRejectsEventsWithRejectedAuthEvents",
  ],
  ["TestUnrejectRejectedEvents", EVENTS, "TestUnrejectRejectedEvents"],
  [
    "TestGetMissingEventsGapFilling",
    SCENES,
    "TestGetMissingEventsGapFilling",
  ],
  [
    "TestOutboundFederationIgnoresMissingEventWithBadJSONForRoomVersion6",
    EVENTS,
    "TestOutboundFederationIgnoresMissingEventWithBadJSONForRoomVersion6",
  ],
  [
    "TestOutboundFederationEventSizeGetMissingEvents",
    "tests/federation/read_pages_test.ts",
    "pages of the largest events",
  ],
  ["TestCorruptedAuthChain", EVENTS, "TestCorruptedAuthChain"],
  ["TestJoinFederatedRoomFailOver", MEMBERSHIP, "TestJoinFederatedRoomFailOver"],
  [
    "TestJoinFederatedRoomFailOver in the middle",
    "server/federation/check_room_test.ts",
    "TestJoinFederatedRoomFailOver",
  ],
  [
    "TestJoinFederatedRoomWithUnverifiableEvents",
    IMPORT,
    "TestJoinFederatedRoomWithUnverifiableEvents",
  ],
  ["TestBannedUserCannotSendJoin", MEMBERSHIP, "TestBannedUserCannotSendJoin"],
  ["TestCannotSendNonJoinViaSendJoinV2", MEMBERSHIP, "TestCannotSendNonJoinViaSendJoinV2"],
  ["TestCannotSendNonLeaveViaSendLeaveV2", MEMBERSHIP, "TestCannotSendNonLeaveViaSendLeaveV2"],
  ["TestNetworkPartitionOrdering", "tests/federation/catch_up_test.ts", "after a cut all three"],
  ["TestFederationRedactSendsWithoutEvent", EVENTS, "TestFederationRedactSendsWithoutEvent"],
  ["TestInboundFederationKeys", TRANSACTIONS, "TestInboundFederationKeys"],
  ["TestUnbanViaInvite", MEMBERSHIP, "TestUnbanViaInvite"],
  ["TestFederationRoomsInvite", MEMBERSHIPS, "TestFederationRoomsInvite"],
  [
    "TestRestrictedRoomsRemoteJoin",
    "tests/federation/private_channels_test.ts",
    "a private channel opens to people of other servers by role",
  ],
  ["TestFetchHistorical", "tests/federation/reading_test.ts", "the past of a channel comes from"],
  ["TestLeaveEventVisibility", READING, "TestLeaveEventVisibility"],
  ["TestTxnIdempotency", TRANSACTIONS, "TestTxnIdempotency"],
  ["TestJson", EVENTS, "TestJson"],
  ["TestMediaFilenames", "tests/hostile_media_test.ts", "hostile uploads: none escapes"],
  ["TestContentMediaV1", "tests/federation/remote_media_test.ts", "a file of another server"],
  ["TestMSC4297StateResolutionV2_1_starts_from_empty_set", STATE, "MSC4297 (starts from the empty"],
  [
    "TestMSC4297StateResolutionV2_1_includes_conflicted_subgraph",
    STATE,
    "MSC4297 (conflicted subgraph)",
  ],
  [
    "TestMSC4311FullCreateEventOnStrippedState",
    MEMBERSHIP,
    "Inbound federation rejects invites which are not signed",
  ],
  [
    "If a device list update goes missing, the server resyncs on the next one",
    "tests/e2ee/devices_federation_test.ts",
    "If a device list update goes missing, the server resyncs on the next one",
  ],
  ["send_join rejects incorrectly-signed joins", MEMBERSHIP, "rejects incorrectly-signed joins"],
  ["send_join rejects joins from other servers", MEMBERSHIP, "rejects joins from other servers"],
  [
    "Events whose auth_events are in the wrong room do not mess up the room state",
    EVENTS,
    "auth_events are in the wrong room",
  ],
  [
    "Backfill checks the events requested belong to the room",
    READING,
    "Backfill checks the events requested belong to the room",
  ],
  [
    "Should not be able to take over the room by pretending there is no PL event",
    STATE,
    "A13: pretending that there is no roles table",
  ],
  ["Inbound federation correctly soft fails events", EVENTS, "correctly soft fails events"],
  [
    "Server correctly handles transactions that break edu limits",
    TRANSACTIONS,
    "Server correctly handles transactions that break edu limits",
  ],
  [
    "Banned servers cannot ...",
    SCENES,
    "Banned servers cannot backfill",
  ],
  [
    "Federation rejects inbound events where the prev_events cannot be found",
    EVENTS,
    "Federation rejects inbound events where the prev_events cannot be found",
  ],
  ["TestEvent: Large Event", "core/event/build_test.ts", "an event of exactly the largest size"],
  ["TestFederationRoomsInvite: declined", MEMBERSHIPS, "goes when it is declined"],
  [
    "TestRestrictedRoomsRemoteJoinFailOver",
    "federation/perform/rebuild_membership_test.ts",
    "TestRestrictedRoomsRemoteJoinFailOver",
  ],
  ["MSC4289 privileged creators: here the owner", RULES, "owner: a hand-over"],
  [
    "MSC4289 nobody else becomes one",
    "core/auth/authorise_test.ts",
    "the first owner stands on the create event alone, and only once",
  ],
  ["MSC4289 nor a second time", STATE, "a second owner-zero never replaces the first"],
  ["MSC4289 in an upgrade", "tests/federation/upgrade_test.ts", "a guild goes on in a new room"],
  ["MSC4291 room id is the create event's hash", IDS, "ids of hashes and random bytes"],
  ["MSC4291 of another create event", EVENTS, "A12 room id collision"],
  [
    "Event with an invalid signature in the send_join response should not cause room join to fail",
    IMPORT,
    "Event with an invalid signature in the send_join response",
  ],
  [
    "outliers whose auth_events are in a different room are correctly rejected",
    WAITING,
    "outliers whose auth_events are in a different room",
  ],
  [
    "Backfilled events whose prev_events are in a different room do not allow cross-room back-pagination",
    SCENES,
    "Backfilled events whose prev_events are in a different room",
  ],
  [
    "Getting state IDs checks the events requested belong to the room",
    SCENES,
    "Getting state IDs checks the events requested belong to the room",
  ],
  [
    "Inbound federation rejects invites which are not signed by the sender",
    MEMBERSHIP,
    "Inbound federation rejects invites which are not signed by the sender",
  ],
  [
    "Inbound federation rejects receipts from wrong remote",
    FORGERY,
    "Inbound federation rejects receipts from wrong remote",
  ],
  [
    "Inbound federation rejects typing notifications from wrong remote",
    FORGERY,
    "rejects typing notifications from wrong remote",
  ],
  [
    "An event which redacts itself should be ignored",
    REDACTION,
    "An event which redacts itself, or a pair which redact each other, should be ignored",
  ],
  [
    "An event which redacts an event in a different room should be ignored",
    REDACTION,
    "An event which redacts an event in a different room should be ignored",
  ],
  [
    "A pair of events which redact each other should be ignored",
    REDACTION,
    "or a pair which redact each other, should be ignored",
  ],
  [
    "Inbound federation accepts a second soft-failed event",
    PRESENT,
    "what a banned person sends on an old branch is stored and not shown",
  ],
  [
    "Inbound federation correctly handles soft failed events as extremities",
    PRESENT,
    "a soft-failed control event counts once an accepted one descends from it",
  ],
  [
    "Forward extremities remain so even after the next events are populated as outliers",
    WAITING,
    "Forward extremities remain so even after the next events are populated as outliers",
  ],
  [
    "Key notary server must not overwrite a valid key with a spurious result",
    "federation/keys/key_ring_test.ts",
    "Key notary server must not overwrite a valid key with a spurious result",
  ],
  [
    "Non-numeric ports in server names are rejected",
    IDS,
    "Non-numeric ports in server names are rejected",
  ],
];

const root = new URL("../../", import.meta.url);

/** Names of the tests of a file and of their steps, as they are written. */
async function namesIn(file: string): Promise<string> {
  const text = await Deno.readTextFile(new URL(file, root));
  return [...text.matchAll(/(?:Deno\.test|\.step)\(\s*(["`])((?:(?!\1).)*)\1/gs)].map((
    [, , name],
  ) => name)
    .join("\n");
}

Deno.test("every class of attack and every scenario that applies has a test of that name", async () => {
  const gone: string[] = [];
  for (const [name, file, test] of [...CLASSES, ...SCENARIOS]) {
    const names = await namesIn(file).catch(() => "");
    if (!names.includes(test)) gone.push(`${name}: "${test}" is not in ${file}`);
  }
  assert.deepEqual(gone, []);
});

Deno.test("every class of attack is tested", () => {
  const tested = new Set(CLASSES.map(([name]) => /^A(\d+)\b/.exec(name)?.[1]));
  const missing = Array.from({ length: CLASS_COUNT }, (_, at) => `${at + 1}`)
    .filter((number) => !tested.has(number));
  assert.deepEqual(missing, []);
  const names = [...CLASSES, ...SCENARIOS].map(([name]) => name);
  assert.deepEqual(names.filter((name, at) => names.indexOf(name) !== at), []);
});
