import { assertNever } from '@group-services/core';
import type { Refusal } from '@group-services/wire';
import {
  AbortedError,
  AttributeMismatchError,
  CollisionError,
  ConnectionLostError,
  DuplicateInstanceError,
  type GroupServicesError,
  InvalidArgumentError,
  NotAuthorizedError,
  OverloadedError,
  RejectedError,
  RemovedError,
  StateChangedError,
  TimeoutError,
  UnavailableError,
  UnknownGroupError,
  UnknownProviderError,
} from '../api/errors.js';
import type { GroupTypes } from '../api/group-types.js';
import type { ProtocolResult, RemovedReason } from '../api/protocol.js';
import { isAttributeName } from '../arguments/attribute-arguments.js';

/** What the caller asked for, as far as an error tells it. */
export interface Asked {
  /** Name of the method. */
  readonly action: string;
  readonly group?: string | undefined;
  readonly instance?: string | undefined;
  readonly milliseconds?: number | undefined;
  readonly providers?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Reads a state value of the group. */
  readonly readState?: ((bytes: Uint8Array) => unknown) | undefined;
  /** Why the provider is not in the group any more, if it is not. */
  readonly removedReason?: (() => RemovedReason | undefined) | undefined;
}

/** The error for a definite answer of the daemon that a request is not carried out. */
export function refusalError(refusal: Refusal, asked: Asked): GroupServicesError {
  const message = refusal.text === '' ? `${asked.action} was refused` : refusal.text;
  switch (refusal.code) {
    case 'ABORTED':
      return aborted(asked.signal, message);
    case 'ATTRIBUTE_MISMATCH':
      return new AttributeMismatchError(message, { differences: differencesOf(refusal) });
    case 'COLLISION':
      return new CollisionError(message);
    case 'CONNECTION_LOST':
      return new ConnectionLostError(message);
    case 'DUPLICATE_INSTANCE':
      return new DuplicateInstanceError(message, {
        instance: refusal.instance ?? asked.instance ?? '',
      });
    case 'INVALID_ARGUMENT':
      return new InvalidArgumentError(message, {
        argument: refusal.argument ?? '',
        limit: refusal.limit,
      });
    case 'NOT_AUTHORIZED':
      return new NotAuthorizedError(message, { action: refusal.action ?? asked.action });
    case 'OVERLOADED':
      return new OverloadedError(message, { limit: refusal.limit ?? '' });
    case 'REMOVED':
      return new RemovedError(message, { reason: reasonOf(refusal, asked) });
    case 'STATE_CHANGED':
      return new StateChangedError(message, { stateValue: stateOf(refusal, asked) });
    case 'TIMEOUT':
      return new TimeoutError(message, {
        milliseconds: refusal.milliseconds ?? asked.milliseconds ?? 0,
      });
    case 'UNAVAILABLE':
      return new UnavailableError(message);
    case 'UNKNOWN_GROUP':
      return new UnknownGroupError(message, { group: asked.group ?? '' });
    case 'UNKNOWN_PROVIDER':
      return new UnknownProviderError(message, {
        providers: refusal.providers ?? asked.providers ?? [],
      });
    default:
      return assertNever(refusal.code);
  }
}

/** The signal fired and nothing was changed. */
export function aborted(signal: AbortSignal | undefined, message: string): AbortedError {
  return new AbortedError(message, { cause: signal?.reason });
}

/** The join was voted down. */
export function rejected(result: ProtocolResult<GroupTypes>, asked: Asked): RejectedError {
  const against = result.causes.flatMap(({ value, provider }) =>
    value === 'reject' && provider !== undefined ? [provider] : [],
  );
  const by = against.length === 0 ? '' : ` by ${against.slice(0, 5).join(', ')}`;
  const message = `the join of ${asked.group ?? 'the group'} was voted down${by}; see result.causes`;
  // Its values have the types of the group that the caller asked to join.
  return new RejectedError(message, { result: result as ProtocolResult });
}

function reasonOf(refusal: Refusal, asked: Asked): RemovedReason {
  return refusal.reason ?? asked.removedReason?.() ?? 'expel';
}

function stateOf(refusal: Refusal, asked: Asked): unknown {
  const bytes = refusal.stateValue;
  return bytes === null || bytes === undefined ? undefined : asked.readState?.(bytes);
}

function differencesOf(refusal: Refusal): AttributeMismatchError['differences'] {
  return (refusal.differences ?? []).flatMap(({ attribute, given, group }) =>
    isAttributeName(attribute) ? [{ attribute, given, group }] : [],
  );
}
