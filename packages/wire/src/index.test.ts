import { expect, test } from 'vitest';
import * as surface from './index.js';

test('the exported names are these', () => {
  expect(Object.keys(surface).sort()).toMatchInlineSnapshot(`
    [
      "ATTRIBUTE_NAMES",
      "DEFAULT_ATTRIBUTES",
      "LIMITS",
      "MAGIC",
      "PeerMemberships",
      "WIRE_VERSION",
      "attributeDifferences",
      "commonWireVersion",
      "decodeDaemonFrame",
      "decodeFromClient",
      "decodeFromNameServer",
      "decodeGroupSnapshot",
      "decodeHandshakeAnswer",
      "decodeHello",
      "decodeOrdered",
      "decodeProposal",
      "decodeReply",
      "decodeSnapshot",
      "decodeToClient",
      "decodeToNameServer",
      "decodeView",
      "encodeDaemonFrame",
      "encodeFromClient",
      "encodeGroupSnapshot",
      "encodeHandshake",
      "encodeMessageBody",
      "encodeNameServerMessage",
      "encodeOrdered",
      "encodeProposal",
      "encodeReply",
      "encodeSnapshot",
      "encodeToClient",
      "encodeView",
      "groupNameProblem",
      "isFrameOfNewerDaemon",
      "isInstance",
      "joinFrame",
      "utf8Length",
      "withAttributes",
    ]
  `);
});
