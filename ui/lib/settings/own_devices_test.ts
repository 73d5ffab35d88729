import assert from "node:assert/strict";
import type { OwnDevice } from "../../../core/api/e2ee_devices.ts";
import type { Session } from "../../../core/api/account.ts";
import { joinDevices } from "./own_devices.ts";

const session = (id: string, last_used_ts: number, current = false): Session => ({
  id,
  kind: "cookie",
  device_name: `Browser ${id}`,
  address: null,
  created_ts: 0,
  last_used_ts,
  current,
});
const device = (session_id: string, name: string, certificate: string | null): OwnDevice => ({
  id: `d-${session_id}`,
  session_id,
  name,
  certificate,
  created_ts: 0,
  last_seen_ts: 0,
  current: false,
});

Deno.test("sessions and devices are one list: this one first, then by last use", () => {
  const joined = joinDevices(
    [session("a", 5), session("b", 9), session("c", 1, true), session("d", 7)],
    [device("c", "Laptop", "AAAA"), device("a", "Phone", null), device("gone", "Old", "AAAA")],
  );
  assert.deepEqual(joined.map(({ name, trust }) => [name, trust]), [
    ["Laptop", "verified"],
    ["Browser b", "none"],
    ["Browser d", "none"],
    ["Phone", "unverified"],
  ]);
});
