import webpush from "web-push";

/** The server's key as push services know it (RFC 8292), both parts base64url. */
export interface VapidKey {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Where a device is told, and what it alone can open (RFC 8291). */
export interface PushAddress {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}

export interface SealedPush {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/**
 * A message to a device as its push service takes it: encrypted for the device, signed by this
 * server. The library draws salt, key and the signature's time by itself: the one place outside of
 * server/system that does.
 */
export function sealPush(
  to: PushAddress,
  payload: string,
  from: { readonly key: VapidKey; readonly subject: string; readonly ttlS: number },
): SealedPush {
  const { headers, body } = webpush.generateRequestDetails(
    { endpoint: to.endpoint, keys: { p256dh: to.p256dh, auth: to.auth } },
    payload,
    {
      vapidDetails: { subject: from.subject, ...from.key },
      TTL: from.ttlS,
      urgency: "high",
      contentEncoding: "aes128gcm",
    },
  );
  const plain = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  return {
    // The length is said by who sends it.
    headers: Object.fromEntries(plain.filter(([name]) => name !== "content-length")),
    body: new Uint8Array(body ?? []),
  };
}

export function makeVapidKey(): VapidKey {
  return webpush.generateVAPIDKeys();
}
