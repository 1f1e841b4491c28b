import { expect, it } from 'vitest';

import * as compliance from './compliance.js';
import * as surface from './index.js';
import * as memory from './memory.js';
import * as stream from './stream.js';
import * as tcp from './tcp.js';
import * as udp from './udp.js';
import * as unix from './unix.js';

it('exports exactly these names', () => {
  expect(Object.keys(surface)).toMatchInlineSnapshot(`
    [
      "addressFormat",
      "schemeOf",
      "transportFor",
      "DIAL_TIMEOUT_DEFAULT_MS",
      "FRAME_LIMIT_DEFAULT",
      "HIGH_WATER_MARK_DEFAULT",
      "makeDirectories",
      "TransportError",
      "toTransportError",
      "tcpAddresses",
      "tlsAddresses",
      "plugged",
      "transportProblem",
      "identityUri",
      "parseIdentity",
      "udpAddresses",
      "SOCKET_PATH_BYTES_MAX",
      "unixAddresses",
    ]
  `);
  expect(Object.keys(tcp)).toEqual(['tcp']);
  expect(Object.keys(stream)).toEqual(['streamLink', 'dialWithin']);
  expect(Object.keys(udp)).toEqual(['udp']);
  expect(Object.keys(unix)).toEqual(['unix']);
  expect(Object.keys(memory)).toEqual(['memoryAddresses', 'MemoryNetwork']);
  expect(Object.keys(compliance)).toEqual(['transportCompliance', 'complianceChecks']);
});
