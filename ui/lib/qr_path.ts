import encodeQR from "qr";

/** A QR code's dark squares as one path, a unit each, in a field of `size` by `size`. */
export function qrPath(text: string): { readonly path: string; readonly size: number } {
  const data = encodeQR(text, "raw", { ecc: "medium", border: 3 });
  const path = data.flatMap((row, y) => row.map((dark, x) => dark ? `M${x} ${y}h1v1h-1z` : ""));
  return { path: path.join(""), size: data.length };
}
