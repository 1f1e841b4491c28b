import {
  decodeHandshakeAnswer,
  decodeHello,
  encodeHandshake,
  type HandshakeAnswer,
  type Hello,
  joinFrame,
  MAGIC,
} from '../../src/index.js';
import { bytes, type Family, node } from './common.js';

export const hello: Family<Hello> = {
  name: 'hello',
  encode: (message) => joinFrame(encodeHandshake(message)),
  decode: decodeHello,
  samples: {
    'client to daemon': {
      kind: 'hello',
      magic: MAGIC,
      role: 'client',
      wire: { min: 1, max: 1 },
      domain: 'default',
      features: [],
      auth: { scheme: 'token', data: bytes(1, 2, 3) },
      name: 'worker 17',
    },
    'daemon to daemon, daemon to name server': {
      kind: 'hello',
      magic: MAGIC,
      role: 'daemon',
      wire: { min: 1, max: 1 },
      domain: 'default',
      node,
      incarnation: 1_700_000_000_001,
      heartbeat: 250,
      address: 'tcp://127.0.0.1:7401',
      features: [],
    },
    'of an ephemeral daemon': {
      kind: 'hello',
      magic: MAGIC,
      role: 'daemon',
      wire: { min: 1, max: 1 },
      domain: 'default',
      node,
      incarnation: 1_700_000_000_001,
      heartbeat: 250,
      address: 'tcp://127.0.0.1:7401',
      ephemeral: true,
      features: [],
    },
  },
};

export const handshakeAnswer: Family<HandshakeAnswer> = {
  name: 'handshake-answer',
  encode: (message) => joinFrame(encodeHandshake(message)),
  decode: decodeHandshakeAnswer,
  samples: {
    'welcome by a daemon': {
      kind: 'welcome',
      wire: 1,
      node,
      incarnation: 1_700_000_000_001,
      features: [],
      limits: { message: 1_048_576, stateValue: 65_536 },
      admin: 'http://127.0.0.1:7491',
    },
    'welcome by a name server': {
      kind: 'welcome',
      wire: 1,
      epoch: 1_700_000_000_000,
      store: 'b0f6c1d2',
      features: [],
      limits: {},
      isolation: 'continue',
      leaderRecovery: 'announced',
      lease: 3000,
      incarnationFloor: 1_699_999_999_999,
    },
    refuse: { kind: 'refuse', code: 'domain', text: 'this is domain default' },
    challenge: { kind: 'challenge', scheme: 'token', data: bytes(9) },
  },
};
