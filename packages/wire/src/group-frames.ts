import {
  type DaemonId,
  daemonId,
  isMembershipId,
  joinNoOf,
  type MembershipId,
  membershipId,
} from '@group-services/core';
import { ByteReader, ByteWriter } from './bytes.js';
import { type Decoded, decoded, undecodable } from './decoded.js';
import { type Entry, entrySchema } from './entry.js';
import { type EncodedFrame, FRAME, unpackValid } from './frame.js';
import {
  type GroupEnvelope,
  type GroupMessage,
  groupControlSchema,
  type LogEntry,
  type Snapshot,
  snapshotSchema,
} from './group-messages.js';
import { pack } from './msgpack.js';

/**
 * Frames between daemons: `type, to joinNo, from joinNo, generation`, then fixed-width numbers, then
 * the payload untouched. Node and incarnation of both sides are those of the link's handshake.
 */

const SAFE = 1;
const VIEW = 2;
const ACK_REQUIRED = 4;
const OWN = 8;
/** In place of the addressee's join number; those of memberships begin at 1. */
const ANY_MEMBERSHIP = 0;
/** In `received`: the channel of replies; otherwise that of requests. */
const REPLIES = 1;

const writer = new ByteWriter();

/** Gives the memberships of one peer as the same string objects again and again. */
export class PeerMemberships {
  readonly daemon: DaemonId;
  readonly #known = new Map<number, MembershipId>();

  constructor(daemon: DaemonId) {
    this.daemon = daemon;
  }

  static of(node: Parameters<typeof daemonId>[0], incarnation: number): PeerMemberships {
    return new PeerMemberships(daemonId(node, incarnation));
  }

  membership(joinNo: number): MembershipId {
    const known = this.#known.get(joinNo);
    if (known !== undefined) return known;
    if (this.#known.size >= 4096) this.#known.clear();
    const made = membershipId(this.daemon, joinNo);
    this.#known.set(joinNo, made);
    return made;
  }
}

/** Writes one envelope for the link to the daemon of `envelope.to`, or for several links. */
export function encodeGroupFrame(envelope: GroupEnvelope): EncodedFrame {
  const message = envelope.message;
  writer
    .reset()
    .u8(frameType(message))
    .u32(envelope.to === undefined ? ANY_MEMBERSHIP : joinNoOf(envelope.to))
    .u32(joinNoOf(envelope.from))
    .u53(envelope.generation);
  const tail = writeBody(message, envelope.from);
  return { head: writer.view(), tail };
}

function frameType(message: GroupMessage): number {
  switch (message.kind) {
    case 'data':
    case 'sync':
    case 'submit':
    case 'request':
    case 'reply':
    case 'ack':
    case 'nack':
    case 'received':
    case 'fetched':
      return FRAME[message.kind];
    default:
      return FRAME.groupControl;
  }
}

function writeBody(message: GroupMessage, from: MembershipId): Uint8Array | undefined {
  switch (message.kind) {
    case 'data':
      writer.u8(message.ackRequired ? ACK_REQUIRED : 0);
      writeStamp(message);
      return writeEntry(message.entry, from);
    case 'fetched':
      writer.u32(message.version);
      return writeEntry(message.entry, from);
    case 'sync':
      writer.u8(message.ackRequired ? ACK_REQUIRED : 0);
      writeStamp(message);
      writer.u53(message.last);
      return undefined;
    case 'submit':
      writer.u8(message.safe ? SAFE : 0);
      writeAck(message);
      writer.u53(message.counter);
      return message.body;
    case 'request':
      writeAck(message);
      writer.u32(message.since).u53(message.index).u53(message.n);
      return message.body;
    case 'reply':
      writer.u32(message.since).u53(message.index).u53(message.n);
      return message.body;
    case 'ack':
      writeAck(message);
      return undefined;
    case 'nack':
      writer.u32(message.version).u53(message.from).u53(message.to);
      return undefined;
    case 'received':
      writer
        .u32(message.since)
        .u8(message.channel === 'requests' ? 0 : REPLIES)
        .u53(message.index);
      return undefined;
    default:
      return pack(message);
  }
}

function writeStamp(stamp: {
  readonly version: number;
  readonly since: number;
  readonly cut: number;
  readonly stable: number;
}): void {
  writer.u32(stamp.version).u32(stamp.since).u53(stamp.cut).u53(stamp.stable);
}

function writeAck(ack: {
  readonly version: number;
  readonly joinVersion: number;
  readonly contiguous: number;
  readonly stableSeen: number;
  readonly pressure: number;
}): void {
  writer.u32(ack.version).u32(ack.joinVersion).u53(ack.contiguous).u53(ack.stableSeen);
  writer.u32(ack.pressure);
}

function writeEntry(entry: LogEntry, from: MembershipId): Uint8Array {
  const own = entry.origin === from;
  writer
    .u8((entry.safe ? SAFE : 0) | (entry.view ? VIEW : 0) | (own ? OWN : 0))
    .u53(entry.seq)
    .u32(entry.originJoinVersion)
    .u53(entry.counter);
  if (!own) writer.ascii(entry.origin);
  return entry.body;
}

/** Reads a frame of a group from the link to `peer`; `self` is this daemon. */
export function decodeGroupFrame(
  frame: Uint8Array,
  peer: PeerMemberships,
  self: PeerMemberships,
): Decoded<GroupEnvelope> {
  const reader = new ByteReader(frame);
  const type = reader.u8();
  const joinNo = reader.u32();
  const to = joinNo === ANY_MEMBERSHIP ? undefined : self.membership(joinNo);
  const from = peer.membership(reader.u32());
  const generation = reader.u53();
  const message = readMessage(type, reader, from);
  if (!message.ok) return message;
  if (!reader.isComplete) return undecodable(`malformed frame of type ${type}`);
  if (to === undefined && type !== FRAME.data && type !== FRAME.sync) {
    return undecodable(`a frame of type ${type} for no membership in particular`);
  }
  return decoded({ generation, from, to, message: message.value });
}

function readMessage(type: number, reader: ByteReader, from: MembershipId): Decoded<GroupMessage> {
  switch (type) {
    case FRAME.data: {
      const ackRequired = reader.flags(ACK_REQUIRED) !== 0;
      const { version, since, cut, stable } = readStamp(reader);
      const entry = readEntry(reader, from);
      if (entry === undefined) return undecodable('data with an invalid origin');
      // Field by field: spreading costs as much as everything else here.
      return decoded({ kind: 'data', version, since, cut, stable, ackRequired, entry });
    }
    case FRAME.fetched: {
      const version = reader.u32();
      const entry = readEntry(reader, from);
      if (entry === undefined) return undecodable('fetched with an invalid origin');
      return decoded({ kind: 'fetched', version, entry });
    }
    case FRAME.sync: {
      const ackRequired = reader.flags(ACK_REQUIRED) !== 0;
      return decoded({ kind: 'sync', ackRequired, ...readStamp(reader), last: reader.u53() });
    }
    case FRAME.submit: {
      const safe = reader.flags(SAFE) !== 0;
      const ack = readAck(reader);
      const counter = reader.u53();
      return decoded({ kind: 'submit', safe, ...ack, counter, body: reader.rest() });
    }
    case FRAME.groupControl:
      return unpackValid(reader.rest(), groupControlSchema);
    default:
      return readShort(type, reader);
  }
}

function readShort(type: number, reader: ByteReader): Decoded<GroupMessage> {
  switch (type) {
    case FRAME.request: {
      const { version, joinVersion, contiguous, stableSeen, pressure } = readAck(reader);
      const since = reader.u32();
      const index = reader.u53();
      const n = reader.u53();
      return decoded({
        kind: 'request',
        version,
        joinVersion,
        contiguous,
        stableSeen,
        pressure,
        since,
        index,
        n,
        body: reader.rest(),
      });
    }
    case FRAME.reply: {
      const since = reader.u32();
      const index = reader.u53();
      const n = reader.u53();
      return decoded({ kind: 'reply', since, index, n, body: reader.rest() });
    }
    case FRAME.ack:
      return decoded({ kind: 'ack', ...readAck(reader) });
    case FRAME.nack:
      return decoded({
        kind: 'nack',
        version: reader.u32(),
        from: reader.u53(),
        to: reader.u53(),
      });
    case FRAME.received: {
      const since = reader.u32();
      const channel = reader.flags(REPLIES) === 0 ? 'requests' : 'replies';
      return decoded({ kind: 'received', since, channel, index: reader.u53() });
    }
    default:
      return undecodable(`unexpected frame type ${type}`);
  }
}

function readStamp(reader: ByteReader): {
  version: number;
  since: number;
  cut: number;
  stable: number;
} {
  return {
    version: reader.u32(),
    since: reader.u32(),
    cut: reader.u53(),
    stable: reader.u53(),
  };
}

function readAck(reader: ByteReader): {
  version: number;
  joinVersion: number;
  contiguous: number;
  stableSeen: number;
  pressure: number;
} {
  return {
    version: reader.u32(),
    joinVersion: reader.u32(),
    contiguous: reader.u53(),
    stableSeen: reader.u53(),
    pressure: reader.u32(),
  };
}

function readEntry(reader: ByteReader, from: MembershipId): LogEntry | undefined {
  const flags = reader.flags(SAFE | VIEW | OWN);
  const seq = reader.u53();
  const originJoinVersion = reader.u32();
  const counter = reader.u53();
  const origin = (flags & OWN) !== 0 ? from : reader.ascii();
  if (reader.failed || !isOrigin(origin, from)) return undefined;
  return {
    seq,
    origin,
    originJoinVersion,
    counter,
    safe: (flags & SAFE) !== 0,
    view: (flags & VIEW) !== 0,
    body: reader.rest(),
  };
}

function isOrigin(origin: string, from: MembershipId): origin is MembershipId {
  return origin === from || isMembershipId(origin);
}

/** The body of a VIEW. */
export function encodeView(entry: Entry): Uint8Array {
  return pack(entry);
}

export function decodeView(body: Uint8Array): Decoded<Entry> {
  return unpackValid(body, entrySchema);
}

/** A whole snapshot, before it is cut into chunks. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array {
  return pack(snapshot);
}

export function decodeSnapshot(bytes: Uint8Array): Decoded<Snapshot> {
  return unpackValid(bytes, snapshotSchema);
}
