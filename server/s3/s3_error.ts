/** A refusal of the bucket itself. `message` says what to change; safe for an administrator. */
export class S3Error extends Error {
  override readonly name = "S3Error";
}
