import type { GroupAttributes } from './attributes.js';
import type { ProtocolInfo, ProtocolResult, RemovedReason } from './protocol.js';

/**
 * The one error family of this package (`client-api.md`). Callers branch on `code`, never on the
 * text; the typed fields carry the detail, and `cause` is kept wherever there is one.
 */

export type ErrorCode =
  | 'ABORTED'
  | 'ATTRIBUTE_MISMATCH'
  | 'COLLISION'
  | 'CONNECTION_LOST'
  | 'CONNECT_FAILED'
  | 'DUPLICATE_INSTANCE'
  | 'INCOMPATIBLE'
  | 'INVALID_ARGUMENT'
  | 'NOT_AUTHORIZED'
  | 'OVERLOADED'
  | 'REJECTED'
  | 'REMOVED'
  | 'STATE_CHANGED'
  | 'TIMEOUT'
  | 'UNAVAILABLE'
  | 'UNKNOWN_GROUP'
  | 'UNKNOWN_PROVIDER'
  | 'VOTE_NOT_EXPECTED';

/** One attribute that was given and differs from the group's. */
export interface AttributeDifference {
  readonly attribute: keyof GroupAttributes;
  readonly given: unknown;
  readonly group: unknown;
}

/**
 * Base of every error of this package; branch on `code`.
 *
 * @example
 * ```ts
 * import { connect, GroupServicesError } from '@group-services/client';
 *
 * const services = await connect();
 * try {
 *   await services.subscribe('nobody provides this');
 * } catch (error) {
 *   if (!(error instanceof GroupServicesError) || error.code !== 'UNKNOWN_GROUP') throw error;
 *   console.log('later, perhaps');
 * }
 * await services.close();
 * ```
 */
export class GroupServicesError extends Error {
  declare readonly code: ErrorCode;

  constructor(message?: string, options?: ErrorOptions) {
    // An absent cause must not become a property.
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
  }
}

/** The signal aborted and nothing was changed; `cause` is `signal.reason`. */
export class AbortedError extends GroupServicesError {
  override readonly code = 'ABORTED';

  static {
    AbortedError.prototype.name = 'AbortedError';
  }
}

/** Prescreen: the attributes given differ from the group's. */
export class AttributeMismatchError extends GroupServicesError {
  override readonly code = 'ATTRIBUTE_MISMATCH';
  readonly differences: readonly AttributeDifference[];

  static {
    AttributeMismatchError.prototype.name = 'AttributeMismatchError';
  }

  constructor(
    message?: string,
    options: ErrorOptions & { readonly differences?: readonly AttributeDifference[] } = {},
  ) {
    super(message, options);
    this.differences = options.differences ?? [];
  }
}

/** `contention: 'drop'` and another proposal was chosen; may be proposed again. */
export class CollisionError extends GroupServicesError {
  override readonly code = 'COLLISION';

  static {
    CollisionError.prototype.name = 'CollisionError';
  }
}

/** The connection ended; whether a pending proposal takes effect is unknown. */
export class ConnectionLostError extends GroupServicesError {
  override readonly code = 'CONNECTION_LOST';

  static {
    ConnectionLostError.prototype.name = 'ConnectionLostError';
  }
}

/** Nobody answers at the endpoint; `cause` is the socket's error. */
export class ConnectFailedError extends GroupServicesError {
  override readonly code = 'CONNECT_FAILED';
  readonly endpoint: string;

  static {
    ConnectFailedError.prototype.name = 'ConnectFailedError';
  }

  constructor(message?: string, options: ErrorOptions & { readonly endpoint?: string } = {}) {
    super(message, options);
    this.endpoint = options.endpoint ?? '';
  }
}

/** A live provider of this group on this node has that instance. */
export class DuplicateInstanceError extends GroupServicesError {
  override readonly code = 'DUPLICATE_INSTANCE';
  readonly instance: string;

  static {
    DuplicateInstanceError.prototype.name = 'DuplicateInstanceError';
  }

  constructor(message?: string, options: ErrorOptions & { readonly instance?: string } = {}) {
    super(message, options);
    this.instance = options.instance ?? '';
  }
}

/** No common wire version with the daemon. */
export class IncompatibleError extends GroupServicesError {
  override readonly code = 'INCOMPATIBLE';

  static {
    IncompatibleError.prototype.name = 'IncompatibleError';
  }
}

/** An argument is wrong or over a limit. */
export class InvalidArgumentError extends GroupServicesError {
  override readonly code = 'INVALID_ARGUMENT';
  readonly argument: string;
  /** Name of the limit, if one was exceeded. */
  readonly limit?: string | undefined;
  /** The raw bytes, when a value that arrived does not fit its schema (given to `onError` only). */
  readonly bytes?: Uint8Array | undefined;

  static {
    InvalidArgumentError.prototype.name = 'InvalidArgumentError';
  }

  constructor(
    message?: string,
    options: ErrorOptions & {
      readonly argument?: string;
      readonly limit?: string | undefined;
      readonly bytes?: Uint8Array | undefined;
    } = {},
  ) {
    super(message, options);
    this.argument = options.argument ?? '';
    this.limit = options.limit;
    this.bytes = options.bytes;
  }
}

/** Credentials missing or wrong, or the action is not permitted. */
export class NotAuthorizedError extends GroupServicesError {
  override readonly code = 'NOT_AUTHORIZED';
  readonly action: string;

  static {
    NotAuthorizedError.prototype.name = 'NotAuthorizedError';
  }

  constructor(message?: string, options: ErrorOptions & { readonly action?: string } = {}) {
    super(message, options);
    this.action = options.action ?? '';
  }
}

/** A bound that does not clear by waiting: too many proposals pending in this process. */
export class OverloadedError extends GroupServicesError {
  override readonly code = 'OVERLOADED';
  readonly limit: string;

  static {
    OverloadedError.prototype.name = 'OverloadedError';
  }

  constructor(message?: string, options: ErrorOptions & { readonly limit?: string } = {}) {
    super(message, options);
    this.limit = options.limit ?? '';
  }
}

/** The join was voted down. */
export class RejectedError extends GroupServicesError {
  override readonly code = 'REJECTED';
  readonly result: ProtocolResult;

  static {
    RejectedError.prototype.name = 'RejectedError';
  }

  constructor(message?: string, options: ErrorOptions & { readonly result?: ProtocolResult } = {}) {
    super(message, options);
    this.result = options.result ?? REJECTED_JOIN;
  }
}

/** This provider is no longer in the group; the proposal was not run. */
export class RemovedError extends GroupServicesError {
  override readonly code = 'REMOVED';
  readonly reason: RemovedReason;

  static {
    RemovedError.prototype.name = 'RemovedError';
  }

  constructor(message?: string, options: ErrorOptions & { readonly reason?: RemovedReason } = {}) {
    super(message, options);
    this.reason = options.reason ?? 'connection-lost';
  }
}

/** `ifState` did not hold. */
export class StateChangedError extends GroupServicesError {
  override readonly code = 'STATE_CHANGED';
  /** The value when the protocol was selected; undefined = none yet. */
  readonly stateValue: unknown;

  static {
    StateChangedError.prototype.name = 'StateChangedError';
  }

  constructor(message?: string, options: ErrorOptions & { readonly stateValue?: unknown } = {}) {
    super(message, options);
    this.stateValue = options.stateValue;
  }
}

/** The time given ran out and nothing was changed. */
export class TimeoutError extends GroupServicesError {
  override readonly code = 'TIMEOUT';
  readonly milliseconds: number;

  static {
    TimeoutError.prototype.name = 'TimeoutError';
  }

  constructor(message?: string, options: ErrorOptions & { readonly milliseconds?: number } = {}) {
    super(message, options);
    this.milliseconds = options.milliseconds ?? 0;
  }
}

/** The daemon cannot reach the name server, or has no room for another process. */
export class UnavailableError extends GroupServicesError {
  override readonly code = 'UNAVAILABLE';

  static {
    UnavailableError.prototype.name = 'UnavailableError';
  }
}

/** Nobody provides that group. */
export class UnknownGroupError extends GroupServicesError {
  override readonly code = 'UNKNOWN_GROUP';
  readonly group: string;

  static {
    UnknownGroupError.prototype.name = 'UnknownGroupError';
  }

  constructor(message?: string, options: ErrorOptions & { readonly group?: string } = {}) {
    super(message, options);
    this.group = options.group ?? '';
  }
}

/** Some ids are not in the group. */
export class UnknownProviderError extends GroupServicesError {
  override readonly code = 'UNKNOWN_PROVIDER';
  readonly providers: readonly string[];

  static {
    UnknownProviderError.prototype.name = 'UnknownProviderError';
  }

  constructor(
    message?: string,
    options: ErrorOptions & { readonly providers?: readonly string[] } = {},
  ) {
    super(message, options);
    this.providers = options.providers ?? [];
  }
}

/** A vote came after its phase; only ever given to `onError`. */
export class VoteNotExpectedError extends GroupServicesError {
  override readonly code = 'VOTE_NOT_EXPECTED';
  readonly protocol: ProtocolInfo;
  readonly phase: number;

  static {
    VoteNotExpectedError.prototype.name = 'VoteNotExpectedError';
  }

  constructor(
    message?: string,
    options: ErrorOptions & { readonly protocol?: ProtocolInfo; readonly phase?: number } = {},
  ) {
    super(message, options);
    this.protocol = options.protocol ?? { id: '', kind: 'barrier' };
    this.phase = options.phase ?? 0;
  }
}

/** Stands for a result that nobody gave. */
const REJECTED_JOIN: ProtocolResult = Object.freeze({
  outcome: 'rejected',
  kind: 'join',
  phases: 0,
  position: 0,
  causes: [],
  stateValue: undefined,
  messages: [],
});
