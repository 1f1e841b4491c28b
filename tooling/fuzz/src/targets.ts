import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DaemonId } from '@group-services/core';
import { defineProgram, duration, loadConfig, parseYamlFile, size } from '@group-services/runtime';
import {
  parseIdentity,
  tcpAddresses,
  tlsAddresses,
  udpAddresses,
  unixAddresses,
} from '@group-services/transport';
import { alternativeNames } from '@group-services/transport/tls';
import * as wire from '@group-services/wire';
import * as z from 'zod';

/** Something that reads what others wrote. It must neither throw nor take long, whatever it is given. */
export interface Target {
  readonly name: string;
  /** Good input, from which broken input is made. */
  readonly corpus: readonly Uint8Array[];
  /** It takes much longer than the others, and gets fewer inputs. */
  readonly isSlow?: boolean;
  /** Whether it was accepted. */
  readonly read: (input: Uint8Array) => boolean;
}

const golden = new URL('../../../packages/wire/test/golden/', import.meta.url);

/** The frames of a family that are kept so that later versions still understand them. */
function framesOf(family: string): readonly Uint8Array[] {
  const text = readFileSync(fileURLToPath(new URL(`${family}.hex`, golden)), 'utf8');
  return text
    .split(/^# .*$/mu)
    .map((part) => part.replace(/\s/gu, ''))
    .filter((hex) => hex !== '')
    .map((hex) => Uint8Array.from(Buffer.from(hex, 'hex')));
}

type Decode = (bytes: Uint8Array) => { readonly ok: boolean };

function frames(family: string, decode: Decode): Target {
  return { name: family, corpus: framesOf(family), read: (bytes) => decode(bytes).ok };
}

/** A whole parser, or a whole command line. */
function slow(target: Target): Target {
  return { ...target, isSlow: true };
}

function texts(name: string, corpus: readonly string[], read: (text: string) => boolean): Target {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  const bytes = corpus.map((text) => encoder.encode(text));
  return { name, corpus: bytes, read: (input) => read(decoder.decode(input)) };
}

const peer = new wire.PeerMemberships('n1.1' as DaemonId);
const self = new wire.PeerMemberships('n2.2' as DaemonId);

const program = defineProgram({
  name: 'fuzzed',
  version: '0.0.0',
  description: 'Options of every kind.',
  options: {
    heartbeat: { schema: duration({ min: 10, max: 60_000 }), default: '1s', description: 'a time' },
    buffer: { schema: size({ min: 1024 }), default: '1MiB', description: 'a size' },
  },
});

const rules = z.array(
  z.strictObject({
    principals: z.array(z.string().min(1).max(255)),
    expires: z.string().optional(),
  }),
);

/** Everything that reads bytes or text of others and can be called directly. */
export const TARGETS: readonly Target[] = [
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
  slow(
    texts(
      'yaml',
      ['- { principals: [a, "b*"], expires: 2027-01-01 }\n- principals:\n    - c\n'],
      isYaml,
    ),
  ),
  slow(texts('configuration', ['250ms\n1MiB', '1.5s\n64KiB'], isConfiguration)),
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

const kinds = [tcpAddresses, tlsAddresses, udpAddresses, unixAddresses];

/** What it throws for a file that cannot be used is its answer. */
function isYaml(text: string): boolean {
  try {
    parseYamlFile('--fuzzed', 'file.yaml', text, rules);
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'UnusableFile') return false;
    throw error;
  }
}

function isConfiguration(text: string): boolean {
  const [heartbeat, buffer = ''] = text.split('\n');
  const argv = [`--heartbeat=${heartbeat}`];
  return loadConfig(program, { argv, env: { GS_BUFFER: buffer } }).ok;
}
