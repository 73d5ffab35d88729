import type { DeviceKeys, OwnKeyPackage } from "../../mls/key_package.ts";
import type { Mls } from "../../mls/mls.ts";
import { base64Of, fromBase64 } from "../bytes.ts";
import type { EnginePorts, StoreChange } from "./ports.ts";
import { goneRow, jsonRow, readJsonRow } from "./rows.ts";

const DAY_MS = 24 * 3_600_000;
/** Bounds of e2ee.md 6: below `LOW` a device fills up to `FULL`; a package lives four weeks. */
const LOW = 20;
const FULL = 50;
const LIFE_MS = 28 * DAY_MS;
/** Packages whose life ends within this are replaced. */
const RENEW_MS = 7 * DAY_MS;
/** A Welcome may come for a package that ended; its private half waits so long. */
const KEEP_MS = 30 * DAY_MS;
/** For clocks that go wrong. */
const SKEW_MS = DAY_MS;

interface PackageRow {
  readonly public: string;
  readonly private: string;
  readonly notAfterMs: number;
  readonly lastResort: boolean;
}

/** What this device's key packages are made and kept with. */
interface PackageParts {
  readonly ports: EnginePorts;
  readonly mls: Mls;
}

/**
 * Fills up, renews and forgets what is needed of this device's key packages: others need one to
 * add it to a group while it is away. @returns how many were made
 */
export async function refillPackages(parts: PackageParts, keys: DeviceKeys): Promise<number> {
  const { store, transport, clock } = parts.ports;
  const nowMs = clock.now();
  const rows = (await store.list("packages"))
    .map(({ key, value }) => ({ ref: key, row: readJsonRow<PackageRow>(value) }));
  const old = rows.filter(({ row }) => row.notAfterMs + KEEP_MS < nowMs);
  if (old.length > 0) await store.write(old.map(({ ref }) => goneRow("packages", ref)));
  const count = await transport.call("countKeyPackages", {});
  const lasting = (lastResort: boolean) =>
    rows.some(({ row }) => row.lastResort === lastResort && row.notAfterMs > nowMs + RENEW_MS);
  const needsLast = !count.last_resort || count.last_resort_used || !lasting(true);
  const needed = count.left < LOW || !lasting(false) ? FULL - count.left : 0;
  if (needed <= 0 && !needsLast) return 0;
  const made = await Promise.all(
    Array.from({ length: Math.max(needed, 0) }, () => makePackage(parts, keys, false)),
  );
  const last = needsLast ? await makePackage(parts, keys, true) : undefined;
  const all = last === undefined ? made : [...made, last];
  await store.write(all.map((own) => own.change));
  await transport.call("uploadKeyPackages", {
    body: {
      packages: made.map((own) => own.publicText),
      ...(last === undefined ? {} : { last_resort: last.publicText }),
    },
  });
  return all.length;
}

async function makePackage({ ports, mls }: PackageParts, keys: DeviceKeys, lastResort: boolean) {
  const nowMs = ports.clock.now();
  const notAfterMs = nowMs + LIFE_MS;
  const own = await mls.keyPackage(keys, {
    notBeforeMs: nowMs - SKEW_MS,
    notAfterMs,
    ...(lastResort ? { lastResort } : {}),
  });
  const publicText = base64Of(own.publicBytes);
  const row: PackageRow = {
    public: publicText,
    private: base64Of(own.privateBytes),
    notAfterMs,
    lastResort,
  };
  return { publicText, change: jsonRow("packages", own.ref.toHex(), row) };
}

/** The package that one of these references names, and how it is forgotten after its use. */
export async function findPackage(
  store: EnginePorts["store"],
  refs: readonly Uint8Array[],
): Promise<
  | {
    readonly own: Pick<OwnKeyPackage, "publicBytes" | "privateBytes">;
    readonly used: readonly StoreChange[];
  }
  | undefined
> {
  for (const ref of refs) {
    const bytes = await store.get("packages", ref.toHex());
    if (bytes === undefined) continue;
    const row = readJsonRow<PackageRow>(bytes);
    const publicBytes = fromBase64(row.public);
    const privateBytes = fromBase64(row.private);
    if (publicBytes === undefined || privateBytes === undefined) continue;
    return {
      own: { publicBytes, privateBytes },
      used: row.lastResort ? [] : [goneRow("packages", ref.toHex())],
    };
  }
  return undefined;
}
