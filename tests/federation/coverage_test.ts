/**
 * Where each class of attack, and each scenario of Matrix's suites that has a meaning here, is
 * tested. A name that no test carries any more fails.
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
  ["A19 EDU forgery", "tests/federation/edu_forgery_test.ts", "forged EDUs"],
  [
    "A19 words about friends",
    "tests/federation/friends_test.ts",
    "a hostile server speaks for its",
  ],
  ["A20 ACL evasion", ACL, "A20 ACL evasion"],
  ["A20 spellings", "federation/policy_test.ts", "G20: the ACL of a room reads the same hosts"],
  ["A21 poison event", EVENTS, "A21 poison event"],
  ["A22 enumeration", READING, "A22 enumeration"],
  ["A23 poison invite", MEMBERSHIP, "A23 poison invite"],
  ["A24 lock starvation", TRANSACTIONS, "A24 lock starvation"],
  ["A25 SSRF", "server/federation/http_client_test.ts", "G23"],
  [
    "A26 endless answers (there are no previews)",
    "server/federation/http_client_test.ts",
    "answers: bounded, whole, in time",
  ],
  [
    "A27, A28 media and active content",
    "tests/hostile_media_test.ts",
    "hostile uploads: none escapes",
  ],
  ["A29 redaction", EVENTS, "A29 redaction"],
  ["A29 circles", REDACTION, "A29"],
  ["A30 history leak", READING, "A30 TestLeaveEventVisibility"],
  ["A31 replay", TRANSACTIONS, "A31 transaction replay"],
  ["A32 re-interpretation of signed data", EVENTS, "A32 re-interpretation"],
  ["A34 pathological patterns", "core/auth/judge_current_test.ts", "pathological globs (A20)"],
  ["A35 remote status passed on", MEMBERSHIP, "A35 remote 401 or 5xx"],
];

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
    "tests/federation/read_scenarios_test.ts",
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
    "TestJoinFederatedRoomWithUnverifiableEvents",
    "federation/perform/import_room_test.ts",
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
    "tests/federation/read_scenarios_test.ts",
    "Banned servers cannot backfill",
  ],
  [
    "Federation rejects inbound events where the prev_events cannot be found",
    EVENTS,
    "Federation rejects inbound events where the prev_events cannot be found",
  ],
];

const root = new URL("../../", import.meta.url);

/** Names of the tests of a file, as they are written. */
async function namesIn(file: string): Promise<string> {
  const text = await Deno.readTextFile(new URL(file, root));
  return [...text.matchAll(/Deno\.test\(\s*(["`])((?:(?!\1).)*)\1/gs)].map(([, , name]) => name)
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
