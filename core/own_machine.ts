const OWN_MACHINE = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;

/**
 * Whether a host name or address is the visitor's own machine: browsers trust it without TLS, and
 * a link to it leads nowhere from another machine.
 */
export function isOwnMachine(host: string): boolean {
  return OWN_MACHINE.test(host);
}
