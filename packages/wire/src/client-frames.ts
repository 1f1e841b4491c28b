import { decodeApproved, encodeApproved } from './approved-codec.js';
import { decodeBallot, encodeBallot } from './ballot-codec.js';
import { isBundle } from './bundle.js';
import { ByteReader, ByteWriter } from './bytes.js';
import { type ToClient, toClientSchema } from './client-messages.js';
import { type Decoded, decoded, undecodable } from './decoded.js';
import { decodeControl, type EncodedFrame, encodeControl, FRAME } from './frame.js';
import { type ClientVote, type FromClient, fromClientSchema } from './from-client.js';
import { unpack } from './msgpack.js';
import { readProtocolId, writeProtocolId } from './protocol-fields.js';
import type {
  DeliveredBundle,
  DeliveredMessage,
  SendBundle,
  SendMessage,
} from './provider-messages.js';
import { readCast, writeCast } from './voting-codecs.js';

/** Frames between a process and its daemon. */

const SAFE = 1;
const REQUEST_MAX = 0xffff_ffff;
const writer = new ByteWriter();

export function encodeFromClient(message: FromClient): EncodedFrame {
  if (message.kind === 'vote') return encodeVote(message);
  if (message.kind === 'bundle') return encodeBundle(message);
  if (message.kind !== 'send') return encodeControl(message);
  writer
    .reset()
    .u8(FRAME.send)
    .u8(message.safe ? SAFE : 0)
    .u32(message.handle)
    .u32(message.request);
  return { head: writer.view(), tail: message.payload };
}

export function decodeFromClient(frame: Uint8Array): Decoded<FromClient> {
  if (frame[0] === FRAME.vote) return decodeVote(frame);
  if (frame[0] === FRAME.bundle) return decodeBundle(frame);
  if (frame[0] !== FRAME.send) return decodeControl(frame, fromClientSchema);
  const reader = new ByteReader(frame, 1);
  const safe = reader.flags(SAFE) !== 0;
  const handle = reader.u32();
  const request = reader.u32();
  const message: SendMessage = { kind: 'send', handle, request, safe, payload: reader.rest() };
  return reader.failed ? undecodable('malformed send frame') : decoded(message);
}

function encodeBundle({ safe, handle, request, count, content }: SendBundle): EncodedFrame {
  writer
    .reset()
    .u8(FRAME.bundle)
    .u8(safe ? SAFE : 0)
    .u32(handle)
    .u32(request)
    .u32(count);
  return { head: writer.view(), tail: content };
}

function decodeBundle(frame: Uint8Array): Decoded<SendBundle> {
  const reader = new ByteReader(frame, 1);
  const safe = reader.flags(SAFE) !== 0;
  const handle = reader.u32();
  const request = reader.u32();
  const count = reader.u32();
  const content = reader.rest();
  // The numbers of its requests are those that follow the first.
  if (reader.failed || request + count > REQUEST_MAX || !isBundle({ count, content })) {
    return undecodable('malformed bundle frame');
  }
  return decoded({ kind: 'bundle', handle, request, safe, count, content });
}

function encodeVote(vote: ClientVote): EncodedFrame {
  const { handle, protocol, phase } = vote;
  writer.reset().u8(FRAME.vote).u32(handle);
  writeProtocolId(writer, protocol);
  writeCast(writer.u53(phase), vote);
  return { head: writer.view() };
}

function decodeVote(frame: Uint8Array): Decoded<ClientVote> {
  const reader = new ByteReader(frame, 1);
  const handle = reader.u32();
  const protocol = readProtocolId(reader);
  const phase = reader.u53();
  const { value, stateValue, message, defaultVote } = readCast(reader);
  if (!reader.isComplete) return undecodable('malformed vote frame');
  return decoded({
    kind: 'vote',
    handle,
    protocol,
    phase,
    value,
    stateValue,
    message,
    defaultVote,
  });
}

export function encodeToClient(message: ToClient): EncodedFrame {
  if (message.kind === 'approved') return encodeApproved(message);
  if (message.kind === 'ballot') return encodeBallot(message);
  if (message.kind === 'bundle') return encodeDeliveredBundle(message);
  if (message.kind !== 'message') return encodeControl(message);
  writer
    .reset()
    .u8(FRAME.message)
    .u32(message.handle)
    .u53(message.position)
    .u32(message.from)
    .u32(message.request);
  return { head: writer.view(), tail: message.payload };
}

export function decodeToClient(frame: Uint8Array): Decoded<ToClient> {
  if (frame[0] === FRAME.approved) return decodeApproved(frame);
  if (frame[0] === FRAME.ballot) return decodeBallot(frame);
  if (frame[0] === FRAME.bundle) return decodeDeliveredBundle(frame);
  if (frame[0] !== FRAME.message) return decodeControl(frame, toClientSchema);
  const reader = new ByteReader(frame, 1);
  const message: DeliveredMessage = {
    kind: 'message',
    handle: reader.u32(),
    position: reader.u53(),
    from: reader.u32(),
    request: reader.u32(),
    payload: reader.rest(),
  };
  return reader.failed ? undecodable('malformed message frame') : decoded(message);
}

function encodeDeliveredBundle(bundle: DeliveredBundle): EncodedFrame {
  const { handle, position, from, request, count, content } = bundle;
  writer.reset().u8(FRAME.bundle).u32(handle).u53(position).u32(from).u32(request).u32(count);
  return { head: writer.view(), tail: content };
}

function decodeDeliveredBundle(frame: Uint8Array): Decoded<DeliveredBundle> {
  const reader = new ByteReader(frame, 1);
  const handle = reader.u32();
  const position = reader.u53();
  const from = reader.u32();
  const request = reader.u32();
  const count = reader.u32();
  const content = reader.rest();
  if (reader.failed || !isBundle({ count, content })) {
    return undecodable('malformed bundle frame');
  }
  return decoded({ kind: 'bundle', handle, position, from, request, count, content });
}

const FIXED: ReadonlySet<number> = new Set([
  FRAME.message,
  FRAME.approved,
  FRAME.ballot,
  FRAME.bundle,
]);

const KINDS_TO_CLIENT: ReadonlySet<string> = new Set(
  toClientSchema.def.options.flatMap((option) => option.shape.kind.def.values),
);

/**
 * Whether a frame that cannot be read is of a sort that only newer daemons send: a client passes over
 * it, while one that is malformed ends the connection.
 */
export function isFrameOfNewerDaemon(frame: Uint8Array): boolean {
  const type = frame[0] ?? 0;
  if (FIXED.has(type)) return false;
  if (type !== FRAME.control) return true;
  const unpacked = unpack(frame.subarray(1));
  if (!unpacked.ok || typeof unpacked.value !== 'object' || unpacked.value === null) return false;
  const kind = 'kind' in unpacked.value ? unpacked.value.kind : undefined;
  return typeof kind === 'string' && !KINDS_TO_CLIENT.has(kind);
}
