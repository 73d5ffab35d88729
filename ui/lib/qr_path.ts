/** A QR code's dark squares as one path, a unit each; `data` as `encode` of uqr answers. */
export function qrPath(data: readonly (readonly boolean[])[]): string {
  return data.flatMap((row, y) => row.map((dark, x) => dark ? `M${x} ${y}h1v1h-1z` : "")).join("");
}
