import * as z from 'zod/mini';
import { ByteReader, ByteWriter } from './bytes.js';
import { type Ballot, ballotSchema } from './client-messages.js';
import { type Decoded, decoded, undecodable } from './decoded.js';
import { type EncodedFrame, FRAME, unpackValid } from './frame.js';
import { readProtocol, writeProtocol } from './protocol-fields.js';
import { SharedRest } from './shared-rest.js';
import { TIME_LIMIT_MAX } from './voting-bodies.js';

/**
 * `ballot` by hand: every voter gets one per phase. Behind the fixed fields is what is shown besides:
 * nothing, a proposed state value, or a map of whatever else.
 */

const NOTHING = 0;
const STATE_VALUE = 1;
const MAP = 2;

const REJECT = 1;
const HAS_TIME_LEFT = 2;

const writer = new ByteWriter();
const shared = new SharedRest();

const restSchema = z.pick(ballotSchema, {
  joining: true,
  leaving: true,
  proposedStateValue: true,
  message: true,
  attributes: true,
  group: true,
  causes: true,
});

export function encodeBallot(ballot: Ballot): EncodedFrame {
  const { handle, phase, protocol, fence, defaultVote, timeLeft } = ballot;
  writer.reset().u8(FRAME.ballot).u32(handle).u53(phase);
  writeProtocol(writer, protocol);
  writer
    .ascii(fence)
    .u8((defaultVote === 'reject' ? REJECT : 0) | (timeLeft === undefined ? 0 : HAS_TIME_LEFT));
  if (timeLeft !== undefined) writer.u32(timeLeft);
  const { joining, leaving, proposedStateValue, message, attributes, group, causes } = ballot;
  const isMap =
    joining.length > 0 ||
    leaving.length > 0 ||
    causes.length > 0 ||
    message !== undefined ||
    attributes !== undefined ||
    group !== undefined;
  if (isMap) {
    writer.u8(MAP);
    const rest = { joining, leaving, proposedStateValue, message, attributes, group, causes };
    return { head: writer.view(), tail: shared.pack(rest) };
  }
  if (proposedStateValue === undefined) return { head: writer.u8(NOTHING).view() };
  return { head: writer.u8(STATE_VALUE).view(), tail: proposedStateValue };
}

export function decodeBallot(frame: Uint8Array): Decoded<Ballot> {
  const reader = new ByteReader(frame, 1);
  const handle = reader.u32();
  const phase = reader.u53();
  const protocol = readProtocol(reader);
  const fence = reader.ascii();
  const flags = reader.flags(REJECT | HAS_TIME_LEFT);
  const timeLeft = (flags & HAS_TIME_LEFT) === 0 ? undefined : reader.u32();
  const what = reader.u8();
  const bytes = what === NOTHING ? undefined : reader.rest();
  if (!reader.isComplete || what > MAP || (timeLeft ?? 0) > TIME_LIMIT_MAX) {
    return undecodable('malformed ballot frame');
  }
  const asked: Ballot = {
    kind: 'ballot',
    handle,
    protocol,
    phase,
    joining: [],
    leaving: [],
    proposedStateValue: what === STATE_VALUE ? bytes : undefined,
    fence,
    causes: [],
    defaultVote: (flags & REJECT) === 0 ? 'approve' : 'reject',
    timeLeft,
  };
  if (what !== MAP || bytes === undefined) return decoded(asked);
  const rest = unpackValid(bytes, restSchema);
  return rest.ok ? decoded({ ...asked, ...rest.value }) : rest;
}
