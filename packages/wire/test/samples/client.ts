import {
  decodeFromClient,
  decodeToClient,
  encodeFromClient,
  encodeToClient,
  type FromClient,
  joinFrame,
  type ToClient,
} from '../../src/index.js';
import { attributes, bytes, type Family, group } from './common.js';

const timeout = 30_000;

export const fromClient: Family<FromClient> = {
  name: 'from-client',
  encode: (message) => joinFrame(encodeFromClient(message)),
  decode: decodeFromClient,
  samples: {
    join: {
      kind: 'join',
      request: 1,
      handle: 1,
      group,
      instance: 'p1',
      attributes: { joinPhases: 'voting' },
      timeout,
    },
    subscribe: {
      kind: 'subscribe',
      request: 2,
      handle: 2,
      group,
      membership: true,
      state: false,
      persistent: true,
      timeout,
    },
    unsubscribe: { kind: 'unsubscribe', request: 3, handle: 2 },
    'propose leave': propose({ kind: 'leave', reason: 'done' }),
    'propose expel': propose({ kind: 'expel', providers: ['n2/p2'] }),
    'propose state': propose({ kind: 'state', value: bytes(1, 2), ifState: null }),
    'propose attributes': propose({ kind: 'attributes', attributes: { timeLimit: 0 } }),
    withdraw: { kind: 'withdraw', target: 4 },
    goodbye: { kind: 'goodbye', request: 5, handle: 1 },
    groups: { kind: 'groups', request: 6 },
    reset: { kind: 'reset', request: 6, group },
    close: { kind: 'close', request: 7 },
    'send, agreed': { kind: 'send', handle: 1, request: 8, safe: false, payload: bytes(0x68) },
    'send, safe, empty': { kind: 'send', handle: 1, request: 9, safe: true, payload: bytes() },
  },
};

function propose(proposed: Extract<FromClient, { kind: 'propose' }>['proposed']): FromClient {
  return { kind: 'propose', request: 4, handle: 1, phases: 1, timeLimit: 0, proposed };
}

const view = {
  version: 2,
  fence: '0001700000000123-0000000000000058',
  providers: ['n1/p1', 'n2/p2'],
  numbers: [1, 2],
};
const protocol = { id: '1700000000123.58', kind: 'join', proposer: 'n2/p2' } as const;
const snapshot = { view, stateValue: null, position: 58, protocol };

export const toClient: Family<ToClient> = {
  name: 'to-client',
  encode: (message) => joinFrame(encodeToClient(message)),
  decode: decodeToClient,
  samples: {
    joined: { kind: 'joined', request: 1, handle: 1, provider: 'n2/p2', attributes, snapshot },
    subscribed: {
      kind: 'subscribed',
      request: 2,
      handle: 2,
      snapshot: { ...snapshot, stateValue: bytes(1) },
    },
    'subscribed, the group is not there yet': {
      kind: 'subscribed',
      request: 2,
      handle: 2,
      snapshot: null,
    },
    'snapshot of a new life': { kind: 'snapshot', handle: 2, snapshot },
    approved: {
      kind: 'approved',
      handle: 1,
      position: 59,
      protocol,
      phases: 0,
      request: 4,
      attributes: { attributes, changed: ['version'] },
      membership: {
        view,
        joined: ['n2/p2'],
        left: [{ provider: 'n3/p3', reason: 'node-failure', detail: 'daemon stopped' }],
      },
      state: { value: bytes(1, 2) },
    },
    removed: {
      kind: 'removed',
      handle: 1,
      position: 60,
      protocol: { id: '1700000000123.60', kind: 'leave', proposer: 'n1/p1' },
      reason: 'leave',
      detail: 'done',
      request: 4,
    },
    dissolved: { kind: 'dissolved', handle: 2, position: 61 },
    refused: {
      kind: 'refused',
      request: 1,
      code: 'ATTRIBUTE_MISMATCH',
      text: 'the group has other attributes',
      differences: [{ attribute: 'version', given: 7 }],
    },
    'refused, with every detail': {
      kind: 'refused',
      request: 4,
      code: 'STATE_CHANGED',
      text: '',
      argument: 'name',
      limit: 'groupName',
      instance: 'p1',
      providers: ['nobody'],
      stateValue: null,
      milliseconds: 30_000,
      reason: 'group-lost',
    },
    done: { kind: 'done', request: 5 },
    groups: {
      kind: 'groups',
      request: 6,
      groups: [{ group, leader: 'n1', daemons: 3, providers: 2 }],
    },
    message: {
      kind: 'message',
      handle: 1,
      position: 62,
      from: 1,
      request: 8,
      payload: bytes(0x68),
    },
  },
};
