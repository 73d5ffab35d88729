import { OperationError } from "../../../core/errors.ts";

export function accountLocked(reason: string | null): OperationError {
  return new OperationError(
    "account_locked",
    "This account is locked by an administrator of this server" +
      (reason === null ? "." : `: ${reason}`),
    { details: { reason } },
  );
}

/** One answer for a name that does not exist and a password that does not fit. */
export function badCredentials(): OperationError {
  return new OperationError(
    "bad_credentials",
    "The user name or the password is not right. Check both and try again.",
  );
}

export function wrongPassword(): OperationError {
  return new OperationError("bad_credentials", "The password is not right. Try again.", {
    details: { field: "password" },
  });
}

export function noSuchUser(userId: string): OperationError {
  return new OperationError("not_found", `There is no user ${JSON.stringify(userId)} here.`);
}

export function lookAlike(local: string): OperationError {
  return new OperationError(
    "name_taken",
    `The user name "${local}" looks like one that is taken; choose one that reads differently.`,
    { details: { field: "user_name", reason: "confusable" } },
  );
}

export function nameTaken(local: string): OperationError {
  return new OperationError("name_taken", `The user name "${local}" is taken; choose another.`, {
    details: { field: "user_name", reason: "taken" },
  });
}

export function nameReserved(local: string): OperationError {
  return new OperationError(
    "bad_user_name",
    `The user name "${local}" is reserved; choose another.`,
    { details: { field: "user_name", reason: "reserved" } },
  );
}
