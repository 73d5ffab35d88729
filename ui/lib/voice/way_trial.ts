import { ApiError } from "../api/request.ts";
import { callApi } from "../browser/browser_api.ts";

/** A network that lets anything through has done so by then (ms). */
const PATIENCE_MS = 15_000;

/** Why there is nothing to reach. */
const ABSENCES = ["off", "no_address", "no_port", "other_process"] as const;
type Absence = (typeof ABSENCES)[number];

/** Whether this browser reaches the server's voice. */
export type WayFound =
  | { readonly kind: "udp" | "tcp"; readonly roundTripMs: number | undefined }
  /** Where it would be: `192.0.2.1 (UDP 10000)`. */
  | { readonly kind: "blocked"; readonly addresses: readonly string[] }
  | { readonly kind: "absent"; readonly reason: Absence };

/** Connects as a call would, and hangs up. @throws ApiError, DOMException */
export async function tryWay(): Promise<WayFound> {
  let begun;
  try {
    begun = await callApi("tryVoice");
  } catch (error) {
    const reason = ABSENCES.find((each) =>
      error instanceof ApiError && error.code === "voice_unavailable" &&
      error.details.reason === each
    );
    if (reason === undefined) throw error;
    return { kind: "absent", reason };
  }
  const { trial, offer: { seq, sdp } } = begun;
  const pc = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
  try {
    await pc.setRemoteDescription({ type: "offer", sdp });
    await pc.setLocalDescription();
    const answer = pc.localDescription?.sdp ?? "";
    await callApi("answerVoiceTrial", { params: { trial }, body: { seq, sdp: answer } });
    return await connects(pc)
      ? await wayOf(pc)
      : { kind: "blocked", addresses: candidatesIn(sdp).map(nameOf) };
  } finally {
    pc.close();
  }
}

function connects(pc: RTCPeerConnection): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), PATIENCE_MS);
    const look = () => {
      if (pc.connectionState !== "connected" && pc.connectionState !== "failed") return;
      clearTimeout(timer);
      resolve(pc.connectionState === "connected");
    };
    pc.onconnectionstatechange = look;
    look();
  });
}

/** By which transport the browser has come, and how long a check and its answer take. */
async function wayOf(pc: RTCPeerConnection): Promise<WayFound> {
  const stats = [...(await pc.getStats()).values()];
  const chosen = stats.find(({ type }) => type === "transport")?.selectedCandidatePairId;
  const pair = stats.find(({ type, id, nominated }) =>
    // Not every browser has figures of transports.
    type === "candidate-pair" && (chosen === undefined ? nominated : id === chosen)
  );
  const remote = stats.find(({ id }) => id === pair?.remoteCandidateId);
  const seconds: number | undefined = pair?.currentRoundTripTime;
  return {
    kind: remote?.protocol === "tcp" ? "tcp" : "udp",
    roundTripMs: seconds === undefined ? undefined : Math.round(seconds * 1000),
  };
}

interface Candidate {
  readonly transport: string;
  readonly address: string;
  readonly port: string;
}

/** Where a description says that its end can be reached. */
export function candidatesIn(sdp: string): Candidate[] {
  const found = sdp.matchAll(/^a=candidate:\S+ 1 (udp|tcp) \d+ (\S+) (\d+) typ host/gm);
  return [...found].map(([, transport = "", address = "", port = ""]) => ({
    transport: transport.toUpperCase(),
    address,
    port,
  }));
}

const nameOf = ({ transport, address, port }: Candidate) => `${address} (${transport} ${port})`;
