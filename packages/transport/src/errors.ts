/**
 * What can go wrong in a transport; stable, and what callers branch on.
 *
 * - `address-in-use`: somebody else listens there
 * - `live-socket`: a living process serves this Unix socket
 * - `refused`: nobody listens there
 * - `unreachable`: the host cannot be found or reached
 * - `timeout`: no answer in time
 * - `aborted`: the caller's signal fired
 * - `bad-address`: the address cannot be understood or used
 * - `not-permitted`: the operating system denies it
 * - `untrusted`: a certificate is not accepted, or the other side does not speak TLS
 * - `closed`: this end is no longer there
 * - `broken`: an established link was cut
 * - `malformed`: the peer sent bytes that are not frames
 * - `exhausted`: this process has no file descriptor left; nobody else is to blame
 * - `failed`: anything else that the operating system reports; see `cause`
 */
export type TransportErrorCode =
  | 'address-in-use'
  | 'live-socket'
  | 'refused'
  | 'unreachable'
  | 'timeout'
  | 'aborted'
  | 'bad-address'
  | 'not-permitted'
  | 'untrusted'
  | 'closed'
  | 'broken'
  | 'malformed'
  | 'exhausted'
  | 'failed';

/** Shared by all copies of this package in a process: a transport that is plugged in brings its own. */
const BRAND = Symbol.for('@group-services/transport/error');

/** The one error family of all transports. */
export class TransportError extends Error {
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  override readonly name = 'TransportError';
  readonly [BRAND] = true;
  readonly code: TransportErrorCode;
  /** The address that was asked for, or the peer's. */
  readonly address: string;

  constructor(
    code: TransportErrorCode,
    address: string,
    detail: { readonly message: string; readonly cause?: unknown },
  ) {
    super(detail.message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.address = address;
  }
}

/** What was being done when the operating system reported the error. */
export type SystemAction = 'listen' | 'dial' | 'link';

interface Explanation {
  readonly code: TransportErrorCode;
  readonly advice: string;
}

const NOT_PERMITTED: Explanation = {
  code: 'not-permitted',
  advice: 'the operating system denies it; check the permissions of this address',
};
const NOT_A_DIRECTORY: Explanation = {
  code: 'bad-address',
  advice: 'a part of its path is not a directory',
};
const UNREACHABLE: Explanation = {
  code: 'unreachable',
  advice: 'the host cannot be reached; check its address and the network',
};

const UNKNOWN_HOST: Explanation = {
  code: 'unreachable',
  advice: 'its host name cannot be looked up; check the name, and the name service of this machine',
};
const EXHAUSTED: Explanation = {
  code: 'exhausted',
  advice: 'this process has no file descriptor left; raise its limit (ulimit -n, LimitNOFILE)',
};

const EXPLANATIONS: Readonly<Record<SystemAction, Readonly<Record<string, Explanation>>>> = {
  listen: {
    EMFILE: EXHAUSTED,
    ENFILE: EXHAUSTED,
    EADDRINUSE: {
      code: 'address-in-use',
      advice: 'somebody else listens there; stop it or choose another address (port 0 is any free)',
    },
    EADDRNOTAVAIL: { code: 'bad-address', advice: 'this machine has no such address' },
    ENOTFOUND: { code: 'bad-address', advice: 'no such host name' },
    EAI_AGAIN: { code: 'bad-address', advice: 'the host name cannot be looked up' },
    EACCES: NOT_PERMITTED,
    EPERM: NOT_PERMITTED,
    EROFS: NOT_PERMITTED,
    ENOTDIR: NOT_A_DIRECTORY,
    EEXIST: NOT_A_DIRECTORY,
  },
  dial: {
    EMFILE: EXHAUSTED,
    ENFILE: EXHAUSTED,
    ECONNREFUSED: { code: 'refused', advice: 'nobody listens there; is it running?' },
    ENOENT: { code: 'refused', advice: 'there is no such socket file; is it running?' },
    ENOTSOCK: { code: 'bad-address', advice: 'this file is not a socket' },
    ETIMEDOUT: { code: 'timeout', advice: 'no answer' },
    EHOSTUNREACH: UNREACHABLE,
    ENETUNREACH: UNREACHABLE,
    EADDRNOTAVAIL: UNREACHABLE,
    ENOTFOUND: UNKNOWN_HOST,
    EAI_AGAIN: UNKNOWN_HOST,
    EACCES: NOT_PERMITTED,
    EPERM: NOT_PERMITTED,
  },
  link: {
    ECONNRESET: { code: 'broken', advice: 'the peer vanished or aborted' },
    // With TLS 1.3 the other side looks at our certificate when for us the link stands already.
    ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: refusedUs('its authority is not trusted there'),
    ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: refusedUs('we have shown none'),
    ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: refusedUs('it is not a good one'),
    ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: refusedUs('it has expired'),
    ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: refusedUs('it has been revoked'),
    EPIPE: { code: 'broken', advice: 'the peer no longer reads' },
    ETIMEDOUT: { code: 'broken', advice: 'the peer no longer answers' },
    EHOSTUNREACH: { code: 'broken', advice: 'the peer can no longer be reached' },
    ENETUNREACH: { code: 'broken', advice: 'the peer can no longer be reached' },
  },
};

function refusedUs(why: string): Explanation {
  return { code: 'untrusted', advice: `the peer does not accept our certificate: ${why}` };
}

const VERBS: Readonly<Record<SystemAction, string>> = {
  listen: 'cannot listen at',
  dial: 'cannot connect to',
  link: 'lost the link to',
};

/** Translates an error of Node's sockets or files, which becomes the `cause`. */
export function toTransportError(
  action: SystemAction,
  address: string,
  error: unknown,
): TransportError {
  const systemCode = systemCodeOf(error);
  const explained = systemCode === undefined ? undefined : EXPLANATIONS[action][systemCode];
  const advice = explained?.advice ?? (error instanceof Error ? error.message : String(error));
  const suffix = systemCode === undefined ? '' : ` (${systemCode})`;
  return new TransportError(explained?.code ?? 'failed', address, {
    message: `${VERBS[action]} ${address}: ${advice}${suffix}`,
    cause: error,
  });
}

/** The operating system's name of an error, such as `ECONNREFUSED`. */
export function systemCodeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
