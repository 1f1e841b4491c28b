import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matches } from '@group-services/daemon-engine';
import { loadConfig } from '@group-services/runtime';
import {
  parseIdentity,
  tcpAddresses,
  tlsAddresses,
  udpAddresses,
  unixAddresses,
} from '@group-services/transport';
import { alternativeNames } from '@group-services/transport/tls';

import { gsd, gsns, Limits, parsePermissions, Tokens } from '../readers.js';
import { slow, type Target, texts } from '../target.js';

/** What operators write: files with tokens, permissions and limits, configurations, addresses. */

const HASH = 'ab'.repeat(32);

const TOKENS = `- { token-sha256: ${HASH}, principal: shop, expires: 2027-01-01 }
- token-sha256: "${HASH}"
  principal: a.b-c_d
  expires: 2027-01-31T12:00:00Z
`;
const PERMISSIONS = `- { principals: [shop, "billing-*"], groups: [billing, 'billing.*'], allow: [subscribe, provide, send] }
- principals: ["*"]
  allow: [list, operate]
`;
/** Most of what is changed in a comment changes nothing. */
const LIMITS = `# What principals may use: the first rule that names one decides. By default 64 connections.
handshakes-per-second: 20
principals:
  - { principals: [shop], connections: 10, memberships: 5, open-proposals: 100, bytes-per-second: 1000 }
`;

/** A file that was put into use; what is thrown for one that cannot be used is its answer. */
function file(name: string, corpus: readonly string[], parse: (text: string) => unknown): Target {
  const read = (text: string): boolean => {
    try {
      parse(text);
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'UnusableFile') return false;
      throw error;
    }
  };
  return slow(texts(name, corpus, read));
}

const GSD = `name-server: [tcp://127.0.0.1:7400]
node: n1
listen: tcp://127.0.0.1:7401
client:
  - unix:///tmp/gsd.sock
heartbeat: 250ms
client-buffer: 32MiB
log-level: debug
`;
const GSNS = `listen: tcp://127.0.0.1:7400
store: memory
lease: 1.5s
isolation: suspend
anew-after: 30s
`;

const folder = mkdtempSync(join(tmpdir(), 'gs-fuzz-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** A configuration file, with everything that is looked at afterwards. */
function configuration(input: string): boolean {
  const path = join(folder, 'fuzzed.yaml');
  writeFileSync(path, input);
  const sources = { argv: ['--config', path], env: {} };
  return loadConfig(gsd, sources).ok || loadConfig(gsns, sources).ok;
}

/** A command line, each argument on a line of its own; the last line is in the environment. */
function commandLine(input: string): boolean {
  const argv = input.split('\n').slice(0, 50);
  // Files that are named are somebody else's.
  const own = argv.filter((argument) => !argument.includes('config'));
  const env = { GS_HEARTBEAT: own.pop() };
  return loadConfig(gsd, { argv: own, env }).ok;
}

const kinds = [tcpAddresses, tlsAddresses, udpAddresses, unixAddresses];

export const fileTargets: readonly Target[] = [
  file('tokens', [TOKENS], (text) => Tokens.parse('f', text).find('none')),
  file('permissions', [PERMISSIONS], (text) => parsePermissions('f', text)),
  file('limits', [LIMITS], (text) => Limits.parse('f', text, matches).of('shop')),
  slow(texts('configuration', [GSD, GSNS], configuration)),
  slow(
    texts(
      'command-line',
      ['--name-server\ntcp://127.0.0.1:7400\n--node=n1\n--ephemeral\n250ms', '--help\n1s'],
      commandLine,
    ),
  ),
  texts(
    'address',
    [
      'tcp://127.0.0.1:1',
      'udp://[::1]:7401?multicast=239.1.2.3:7402&ttl=2',
      'unix:///a/b',
      'tls://h:1',
    ],
    (text) => kinds.some((kind) => kind.addressProblem(text) === undefined),
  ),
  texts(
    'certificate-names',
    ['URI:group-services://shop/node/n1, DNS:localhost, URI:"a, b", IP Address:127.0.0.1'],
    (text) => alternativeNames(text).some(({ value }) => parseIdentity(value) !== undefined),
  ),
];
