import type { DaemonId } from '@group-services/core';
import * as wire from '@group-services/wire';

import { FrameSplitter } from '../readers.js';
import { framesOf, type Target } from '../target.js';

/** Frames of every family, as peers and processes send them, and what a stream of them is cut into. */

type Decode = (bytes: Uint8Array) => { readonly ok: boolean };

function frames(family: string, decode: Decode): Target {
  return { name: family, corpus: framesOf(family), read: (bytes) => decode(bytes).ok };
}

const peer = new wire.PeerMemberships('n1.1' as DaemonId);
const self = new wire.PeerMemberships('n2.2' as DaemonId);

/** Frames that carry several messages as one, opened as daemon and library do. */
function bundles(): Target {
  const read = (bytes: Uint8Array): boolean => {
    const sent = wire.decodeFromClient(bytes);
    if (sent.ok && sent.value.kind === 'bundle') return wire.sendsIn(sent.value).length > 0;
    const told = wire.decodeToClient(bytes);
    return told.ok && told.value.kind === 'bundle' && wire.messagesIn(told.value).length > 0;
  };
  const corpus = [...framesOf('from-client'), ...framesOf('to-client')].filter(read);
  return { name: 'bundle', corpus, read };
}

const LIMIT = 4096;
const CHUNK = 700;

/** A stream in pieces, in which a frame or its length may begin in one and end in another. */
function stream(): Target {
  const framed = framesOf('from-client').map((frame) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(frame.length);
    return Buffer.concat([length, frame]);
  });
  const read = (bytes: Uint8Array): boolean => {
    const splitter = new FrameSplitter(LIMIT);
    for (let at = 0; at < bytes.length; at += CHUNK) {
      splitter.push(Buffer.from(bytes.subarray(at, at + CHUNK)));
      for (let frame = splitter.next(); frame !== undefined; frame = splitter.next()) {
        if (frame.length === 0 || frame.length > LIMIT) throw new Error('a frame beyond the limit');
      }
    }
    return splitter.violation === undefined && splitter.isAtBoundary;
  };
  return { name: 'stream', corpus: [...framed, Buffer.concat(framed)], read };
}

export const frameTargets: readonly Target[] = [
  frames('hello', wire.decodeHello),
  frames('handshake-answer', wire.decodeHandshakeAnswer),
  frames('from-client', wire.decodeFromClient),
  frames('to-client', wire.decodeToClient),
  frames('daemon-to-daemon', (bytes) => wire.decodeDaemonFrame(bytes, peer, self)),
  frames('to-name-server', wire.decodeToNameServer),
  frames('from-name-server', wire.decodeFromNameServer),
  frames('proposal', wire.decodeProposal),
  frames('ordered', wire.decodeOrdered),
  frames('reply', wire.decodeReply),
  frames('group-snapshot', wire.decodeGroupSnapshot),
  frames('snapshot', wire.decodeSnapshot),
  frames('view', wire.decodeView),
  bundles(),
  stream(),
];
