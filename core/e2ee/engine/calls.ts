/** Bytes on the wire. */
export type Base64 = string;

/** A device by its owner and name. */
export interface DeviceRef {
  readonly user: string;
  readonly device: string;
}

/** The sequencer's signed answer to a commit. PROTOCOL.md 13. */
export interface Receipt {
  readonly group: string;
  readonly term: number;
  readonly base_epoch: number;
  readonly commit_hash: Base64;
  readonly auth_hash: Base64;
  readonly prev_receipt: Base64 | null;
  readonly sig: string;
}

/** Public keys of a user and how they sign each other. */
export interface PublicIdentity {
  readonly msk: Base64;
  readonly ssk: Base64;
  readonly usk: Base64;
  readonly ssk_sig: Base64;
  readonly usk_sig: Base64;
}

/** A sealed message as servers hold it (`content.sealed`). */
export interface SealedObject {
  readonly v: 1;
  readonly epoch: number;
  readonly nonce: Base64;
  /** MLS PrivateMessage with the content key. */
  readonly key: Base64;
  /** Ciphertext of the payload. */
  readonly body: Base64;
}

/** What a server says of a room's group. */
export interface GroupView {
  readonly state: "none" | "active";
  readonly group_id: Base64 | null;
  readonly term: number;
  readonly epoch: number;
  readonly group_info: Base64 | null;
  readonly leaves: readonly (DeviceRef & { readonly leaf: number })[];
  readonly wanted: {
    readonly add: readonly DeviceRef[];
    readonly remove: readonly (DeviceRef & { readonly leaf: number })[];
  };
  readonly sequencer: string;
}

/** One accepted commit; `epoch` is the one it was made in. */
export interface LoggedCommit {
  readonly epoch: number;
  readonly commit: Base64;
  readonly receipt: Receipt;
  readonly sender: DeviceRef;
}

export interface WelcomeFor extends DeviceRef {
  readonly welcome: Base64;
}

export interface FeedItem {
  readonly event_id: string;
  readonly sender: string;
  readonly origin_ts: number;
  readonly channel_id: string;
  readonly sealed: SealedObject;
  readonly position: number;
}

export interface ToDeviceMessage {
  readonly id: string;
  readonly sender: DeviceRef;
  readonly kind: string;
  readonly body: string;
}

type Room = { readonly room_id: string };

/** Operations a device calls, by operation id: what goes in and what comes back. */
export interface DeviceCalls {
  enableEncryption: { input: { params: Room }; result: unknown };
  getGroup: { input: { params: Room }; result: GroupView };
  createGroup: {
    input: {
      params: Room;
      body: {
        group_id: Base64;
        group_info: Base64;
        commit?: Base64;
        welcomes: readonly WelcomeFor[];
      };
    };
    result: { receipt: Receipt };
  };
  sendCommit: {
    input: {
      params: Room;
      body: {
        base_epoch: number;
        commit: Base64;
        welcomes: readonly WelcomeFor[];
        group_info: Base64;
        external?: boolean;
      };
    };
    result: { receipt: Receipt };
  };
  listCommits: {
    input: { params: Room; query: { after_epoch: number; limit?: number } };
    result: { commits: readonly LoggedCommit[] };
  };
  claimKeyPackages: {
    input: { params: Room; body: { devices: readonly DeviceRef[] } };
    result: { packages: readonly (DeviceRef & { readonly key_package: Base64 })[] };
  };
  putKeyPackages: {
    input: { body: { packages: readonly Base64[]; last_resort?: Base64 } };
    result: { left: number };
  };
  getKeyPackages: {
    input: Record<never, never>;
    result: { left: number; last_resort_used: boolean };
  };
  listWelcomes: {
    input: Record<never, never>;
    result: {
      welcomes: readonly { id: string; room_id: string; epoch: number; welcome: Base64 }[];
    };
  };
  deleteWelcome: { input: { params: { id: string } }; result: unknown };
  listSealed: {
    input: { params: Room; query: { after?: number; limit?: number } };
    result: { items: readonly FeedItem[]; next: number | null };
  };
  publishIdentity: { input: { body: PublicIdentity }; result: unknown };
  registerDevice: {
    input: { params: { device_id: string }; body: { certificate: Base64; name: string } };
    result: unknown;
  };
  queryIdentities: {
    input: { body: { users: readonly string[] } };
    result: {
      users: Readonly<
        Record<string, {
          identity: PublicIdentity | null;
          devices: readonly { device: string; certificate: Base64 }[];
          unreachable?: boolean | undefined;
        }>
      >;
    };
  };
  sendToDevice: {
    input: { body: { user_id: string; device_id: string; kind: string; body: string } };
    result: unknown;
  };
  listToDevice: {
    input: Record<never, never>;
    result: { messages: readonly ToDeviceMessage[] };
  };
  deleteToDevice: { input: { params: { id: string } }; result: unknown };
}

export type DeviceCallName = keyof DeviceCalls;
export type DeviceCallInput<Name extends DeviceCallName> = DeviceCalls[Name]["input"];
export type DeviceCallResult<Name extends DeviceCallName> = DeviceCalls[Name]["result"];
