import { groupSnapshots, orderedBodies, proposals, replies, snapshots, views } from './bodies.js';
import { fromClient, toClient } from './client.js';
import { type AnyFamily, anyFamily } from './common.js';
import { betweenDaemons } from './daemon.js';
import { handshakeAnswer, hello } from './handshake.js';
import { keepAlive } from './keep-alive.js';
import { fromNameServer, toNameServer } from './name-server.js';

/** Everything that is ever written on a connection. */
export const families: readonly AnyFamily[] = [
  anyFamily(hello),
  anyFamily(handshakeAnswer),
  anyFamily(betweenDaemons),
  anyFamily(views),
  anyFamily(snapshots),
  anyFamily(proposals),
  anyFamily(orderedBodies),
  anyFamily(replies),
  anyFamily(groupSnapshots),
  anyFamily(toNameServer),
  anyFamily(fromNameServer),
  anyFamily(fromClient),
  anyFamily(toClient),
  anyFamily(keepAlive),
];
