/** The bus cannot be used as it is configured. The message is for who starts the server. */
export class BusError extends Error {
  override readonly name = "BusError";
}
