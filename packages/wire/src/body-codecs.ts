import { isBundle } from './bundle.js';
import { ByteReader, ByteWriter, Slabs } from './bytes.js';
import { type Decoded, decoded, undecodable } from './decoded.js';
import { FRAME, unpackValid } from './frame.js';
import {
  type BundleBody,
  type GroupSnapshot,
  groupSnapshotSchema,
  type MessageBody,
  type OrderedBody,
  orderedSchema,
  type Proposal,
  proposalSchema,
  type ReplyBody,
  replySchema,
} from './group-bodies.js';
import { pack } from './msgpack.js';
import { decodeStart, encodeStart, isShort } from './start-codec.js';
import { decodeResult, decodeVotes, encodeResult, encodeVotes } from './voting-codecs.js';

/**
 * How the bodies of `group-bodies.ts` are written and read: the first byte says whether it is done by
 * hand or as a map with a schema.
 */

const SAFE = 1;
const MESSAGE_HEADER = 22;
const BUNDLE_HEADER = 26;
const writer = new ByteWriter();
const slabs = new Slabs();

/** Nobody else writes to the result, which may be a part of a larger array; one copy of the payload. */
export function encodeMessageBody(body: MessageBody): Uint8Array {
  const header = writer
    .reset()
    .u8(FRAME.message)
    .u8(body.safe ? SAFE : 0)
    .u32(body.proposer)
    .u53(body.n)
    .u53(body.low)
    .view();
  const bytes = slabs.take(MESSAGE_HEADER + body.payload.length);
  bytes.set(header);
  bytes.set(body.payload, MESSAGE_HEADER);
  return bytes;
}

function decodeMessageBody(bytes: Uint8Array): Decoded<MessageBody> {
  if (bytes.length < MESSAGE_HEADER) return undecodable('message body too short');
  const reader = new ByteReader(bytes, 1);
  const safe = reader.flags(SAFE) !== 0;
  const proposer = reader.u32();
  const n = reader.u53();
  const low = reader.u53();
  if (reader.failed) return undecodable('malformed message body');
  return decoded({ kind: 'message', safe, proposer, n, low, payload: reader.rest() });
}

/** As the message body, with the count behind the fixed fields. */
export function encodeBundleBody(body: BundleBody): Uint8Array {
  const header = writer
    .reset()
    .u8(FRAME.bundle)
    .u8(body.safe ? SAFE : 0)
    .u32(body.proposer)
    .u53(body.n)
    .u53(body.low)
    .u32(body.count)
    .view();
  const bytes = slabs.take(BUNDLE_HEADER + body.content.length);
  bytes.set(header);
  bytes.set(body.content, BUNDLE_HEADER);
  return bytes;
}

function decodeBundleBody(bytes: Uint8Array): Decoded<BundleBody> {
  const reader = new ByteReader(bytes, 1);
  const safe = reader.flags(SAFE) !== 0;
  const proposer = reader.u32();
  const n = reader.u53();
  const low = reader.u53();
  const count = reader.u32();
  const content = reader.rest();
  if (reader.failed || !isBundle({ count, content })) return undecodable('malformed bundle body');
  return decoded({ kind: 'bundle', safe, proposer, n, low, count, content });
}

function controlBody(message: object): Uint8Array {
  const packed = pack(message);
  const body = new Uint8Array(packed.length + 1);
  body[0] = FRAME.control;
  body.set(packed, 1);
  return body;
}

export function encodeProposal(proposal: Proposal): Uint8Array {
  if (proposal.kind === 'message') return encodeMessageBody(proposal);
  if (proposal.kind === 'bundle') return encodeBundleBody(proposal);
  return proposal.kind === 'votes' ? encodeVotes(proposal) : controlBody(proposal);
}

export function decodeProposal(bytes: Uint8Array): Decoded<Proposal> {
  if (bytes[0] === FRAME.message) return decodeMessageBody(bytes);
  if (bytes[0] === FRAME.bundle) return decodeBundleBody(bytes);
  if (bytes[0] === FRAME.vote) return decodeVotes(bytes);
  if (bytes[0] !== FRAME.control) return undecodable('unknown kind of proposal');
  return unpackValid(bytes.subarray(1), proposalSchema);
}

export function encodeOrdered(body: OrderedBody): Uint8Array {
  if (body.kind === 'message') return encodeMessageBody(body);
  if (body.kind === 'bundle') return encodeBundleBody(body);
  if (body.kind === 'result') return encodeResult(body);
  return body.kind === 'start' && isShort(body) ? encodeStart(body) : controlBody(body);
}

export function decodeOrdered(bytes: Uint8Array): Decoded<OrderedBody> {
  if (bytes[0] === FRAME.message) return decodeMessageBody(bytes);
  if (bytes[0] === FRAME.bundle) return decodeBundleBody(bytes);
  if (bytes[0] === FRAME.start) return decodeStart(bytes);
  if (bytes[0] === FRAME.result) return decodeResult(bytes);
  if (bytes[0] !== FRAME.control) return undecodable('unknown kind of ordered body');
  return unpackValid(bytes.subarray(1), orderedSchema);
}

export function encodeReply(reply: ReplyBody): Uint8Array {
  return controlBody(reply);
}

export function decodeReply(bytes: Uint8Array): Decoded<ReplyBody> {
  if (bytes[0] !== FRAME.control) return undecodable('unknown kind of reply');
  return unpackValid(bytes.subarray(1), replySchema);
}

export function encodeGroupSnapshot(snapshot: GroupSnapshot): Uint8Array {
  return pack(snapshot);
}

export function decodeGroupSnapshot(bytes: Uint8Array): Decoded<GroupSnapshot> {
  return unpackValid(bytes, groupSnapshotSchema);
}
