import type { GroupAttributes } from '../api/attributes.js';
import type { Departure } from '../api/protocol.js';
import { publicAttributes } from '../arguments/attribute-arguments.js';
import type { GroupFormat } from './define-group.js';
import type { ErrorSink } from './error-sink.js';
import type { FrameOf } from './frames.js';
import type { StateMemory } from './state-memory.js';
import { publicDeparture } from './views.js';

/** What a protocol would change or would have changed, as ballots and rejections show it. */
export interface ProposalContents {
  readonly joining: readonly string[];
  readonly leaving: readonly Departure[];
  readonly proposedStateValue?: unknown;
  readonly message?: unknown;
  readonly attributes?: GroupAttributes;
}

/** Reads the values of one group; what does not fit its schema goes to `onError`. */
export interface ValueReader {
  readonly format: GroupFormat;
  readonly errors: ErrorSink;
  readonly stateMemory: StateMemory;
}

/** A value that does not fit its schema is left out. */
export function proposalContents(
  frame: FrameOf<'ballot' | 'rejected'>,
  reader: ValueReader,
): ProposalContents {
  const { proposedStateValue, message, attributes } = frame;
  return {
    joining: Object.freeze([...frame.joining]),
    leaving: Object.freeze(frame.leaving.map(publicDeparture)),
    ...(proposedStateValue === undefined ? {} : readState(proposedStateValue, reader)),
    ...(message === undefined ? {} : readMessage(message, reader)),
    ...(attributes === undefined ? {} : { attributes: publicAttributes(attributes) }),
  };
}

function readState(
  bytes: Uint8Array,
  { format, errors, stateMemory }: ValueReader,
): { readonly proposedStateValue?: unknown } {
  // A copy: what arrived shares its memory with the frames around it, and a ballot may be kept.
  const own = bytes.slice();
  const read = format.state.read(own);
  if (read.ok) {
    stateMemory.remember(read.value, own);
    return { proposedStateValue: read.value };
  }
  errors.report(read.error);
  return {};
}

function readMessage(
  bytes: Uint8Array,
  { format, errors }: ValueReader,
): { readonly message?: unknown } {
  const read = format.message.read(bytes.slice());
  if (read.ok) return { message: read.value };
  errors.report(read.error);
  return {};
}
