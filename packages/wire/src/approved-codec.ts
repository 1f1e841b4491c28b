import * as z from 'zod/mini';
import { ByteReader, ByteWriter } from './bytes.js';
import { type Approved, approvedSchema } from './client-messages.js';
import { type Decoded, decoded, undecodable } from './decoded.js';
import { type EncodedFrame, FRAME, unpackValid } from './frame.js';
import { readProtocol, writeProtocol } from './protocol-fields.js';
import { SharedRest } from './shared-rest.js';

/**
 * `approved` by hand: a daemon says it to every provider of the group. Fixed fields say who is told of
 * which protocol. The rest is what it changed: nothing, a new state value, or a map of whatever else.
 */

const NOTHING = 0;
const STATE_VALUE = 1;
const MAP = 2;

const writer = new ByteWriter();
const shared = new SharedRest();

const restSchema = z.pick(approvedSchema, {
  attributes: true,
  membership: true,
  state: true,
  message: true,
  causes: true,
  trace: true,
});

export function encodeApproved(approved: Approved): EncodedFrame {
  const { handle, position, protocol, phases, request = 0 } = approved;
  const { attributes, membership, state, message, causes, trace } = approved;
  writer.reset().u8(FRAME.approved).u32(handle).u32(request).u53(position).u53(phases);
  writeProtocol(writer, protocol);
  const isMap =
    attributes !== undefined ||
    membership !== undefined ||
    message !== undefined ||
    causes !== undefined ||
    trace !== undefined;
  if (isMap) {
    writer.u8(MAP);
    const tail = shared.pack({ attributes, membership, state, message, causes, trace });
    return { head: writer.view(), tail };
  }
  if (state === undefined) return { head: writer.u8(NOTHING).view() };
  return { head: writer.u8(STATE_VALUE).view(), tail: state.value };
}

export function decodeApproved(frame: Uint8Array): Decoded<Approved> {
  const reader = new ByteReader(frame, 1);
  const handle = reader.u32();
  const request = reader.u32();
  const position = reader.u53();
  const phases = reader.u53();
  const protocol = readProtocol(reader);
  const what = reader.u8();
  const bytes = what === NOTHING ? undefined : reader.rest();
  if (!reader.isComplete || what > MAP) return undecodable('malformed approved frame');
  const told: Approved = {
    kind: 'approved',
    handle,
    position,
    protocol,
    phases,
    request: request === 0 ? undefined : request,
    state: what === STATE_VALUE && bytes !== undefined ? { value: bytes } : undefined,
  };
  if (what !== MAP || bytes === undefined) return decoded(told);
  const rest = unpackValid(bytes, restSchema);
  return rest.ok ? decoded({ ...told, ...rest.value }) : rest;
}
