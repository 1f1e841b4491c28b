import { ByteReader, ByteWriter } from './bytes.js';
import {
  type DeliveredMessage,
  type FromClient,
  fromClientSchema,
  type SendMessage,
  type ToClient,
  toClientSchema,
} from './client-messages.js';
import { type Decoded, decoded, undecodable } from './decoded.js';
import { decodeControl, type EncodedFrame, encodeControl, FRAME } from './frame.js';

/** Frames between a process and its daemon. */

const SAFE = 1;
const writer = new ByteWriter();

export function encodeFromClient(message: FromClient): EncodedFrame {
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
  if (frame[0] !== FRAME.send) return decodeControl(frame, fromClientSchema);
  const reader = new ByteReader(frame, 1);
  const safe = (reader.u8() & SAFE) !== 0;
  const handle = reader.u32();
  const request = reader.u32();
  const message: SendMessage = { kind: 'send', handle, request, safe, payload: reader.rest() };
  return reader.failed ? undecodable('send frame too short') : decoded(message);
}

export function encodeToClient(message: ToClient): EncodedFrame {
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
  return reader.failed ? undecodable('message frame too short') : decoded(message);
}
