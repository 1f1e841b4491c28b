import {
  decodeGroupSnapshot,
  decodeOrdered,
  decodeProposal,
  decodeReply,
  decodeSnapshot,
  decodeView,
  type Entry,
  encodeGroupSnapshot,
  encodeOrdered,
  encodeProposal,
  encodeReply,
  encodeSnapshot,
  encodeView,
  type GroupSnapshot,
  type MessageBody,
  type OrderedBody,
  type Proposal,
  type ReplyBody,
  type Snapshot,
} from '../../src/index.js';
import { attributes, bytes, entry, type Family, m1, m2 } from './common.js';

const message: MessageBody = {
  kind: 'message',
  safe: true,
  proposer: 2,
  n: 9,
  low: 7,
  payload: bytes(0x68, 0x69),
};
const departure = {
  no: 2,
  provider: 'n2/p2',
  reason: 'process-failure',
  detail: 'overloaded',
} as const;

export const proposals: Family<Proposal> = {
  name: 'proposal',
  encode: encodeProposal,
  decode: decodeProposal,
  samples: {
    join: {
      kind: 'join',
      low: 1,
      provider: 'n1/p1',
      attributes: { defaultVote: 'approve', failurePhases: { exactly: 2 } },
    },
    leave: { kind: 'leave', low: 2, proposer: 1, reason: 'done' },
    expel: { kind: 'expel', low: 2, proposer: 1, targets: ['n2/p2'], reason: 'silent' },
    'state, unconditional': { kind: 'state', low: 3, proposer: 1, value: bytes(1, 2) },
    'state, if there is none yet': {
      kind: 'state',
      low: 3,
      proposer: 1,
      value: bytes(1, 2),
      ifState: null,
    },
    'state, if it has these bytes': {
      kind: 'state',
      low: 3,
      proposer: 1,
      value: bytes(1, 2),
      ifState: bytes(0),
    },
    attributes: { kind: 'attributes', low: 4, proposer: 1, attributes: { version: 'two' } },
    down: { kind: 'down', low: 4, departures: [departure] },
    withdraw: { kind: 'withdraw', low: 4, target: 3 },
    message,
  },
};

export const replies: Family<ReplyBody> = {
  name: 'reply',
  encode: encodeReply,
  decode: decodeReply,
  samples: {
    done: { kind: 'done' },
    withdrawn: { kind: 'withdrawn' },
    'attribute mismatch': {
      kind: 'attribute-mismatch',
      differences: [
        { attribute: 'joinPhases', given: 1, group: { exactly: 2 } },
        // The group has no such attribute.
        { attribute: 'version', given: 7 },
      ],
    },
    'duplicate instance': { kind: 'duplicate-instance' },
    'unknown provider': { kind: 'unknown-provider', providers: ['nobody'] },
    'state changed': { kind: 'state-changed', stateValue: bytes(1) },
    'state changed, none yet': { kind: 'state-changed', stateValue: null },
    collision: { kind: 'collision' },
    'proposer removed': { kind: 'proposer-removed' },
  },
};

export const orderedBodies: Family<OrderedBody> = {
  name: 'ordered',
  encode: encodeOrdered,
  decode: decodeOrdered,
  samples: {
    'start of the first join of a life': {
      kind: 'start',
      protocol: 'join',
      proposer: 'n1/p1',
      requests: [{ origin: m1, n: 1, low: 1 }],
      change: {
        kind: 'join',
        joiners: [{ id: 'n1/p1', no: 1, daemon: m1 }],
        attributes,
      },
    },
    'start of a later join': {
      kind: 'start',
      protocol: 'join',
      proposer: 'n2/p2',
      requests: [{ origin: m2, n: 1, low: 1 }],
      change: { kind: 'join', joiners: [{ id: 'n2/p2', no: 2, daemon: m2 }], attributes: null },
    },
    'start of a removal begun by the service': {
      kind: 'start',
      protocol: 'failure',
      requests: [],
      change: { kind: 'remove', departures: [departure] },
    },
    'start of a state change': {
      kind: 'start',
      protocol: 'state',
      proposer: 'n1/p1',
      requests: [{ origin: m1, n: 3, low: 2 }],
      change: { kind: 'state', value: bytes(1, 2) },
    },
    'start of an attribute change': {
      kind: 'start',
      protocol: 'attributes',
      proposer: 'n1/p1',
      requests: [{ origin: m1, n: 4, low: 4 }],
      change: { kind: 'attributes', attributes, changed: ['version'] },
    },
    // The same bytes as the proposal: the leader forwards what it received.
    message,
  },
};

export const groupSnapshots: Family<GroupSnapshot> = {
  name: 'group-snapshot',
  encode: encodeGroupSnapshot,
  decode: decodeGroupSnapshot,
  samples: {
    'group snapshot': {
      life: 1,
      attributes,
      providers: [{ id: 'n1/p1', no: 1, daemon: m1 }],
      nextNo: 3,
      viewVersion: 3,
      viewPosition: 58,
      stateValue: bytes(1, 2),
      started: [{ origin: m1, upTo: 8, ahead: [10, 12] }],
    },
  },
};

export const snapshots: Family<Snapshot> = {
  name: 'snapshot',
  encode: encodeSnapshot,
  decode: decodeSnapshot,
  samples: {
    snapshot: {
      entry,
      counters: [{ origin: m1, joinVersion: 1, counter: 12 }],
      state: bytes(1, 2, 3),
    },
  },
};

export const views: Family<Entry> = {
  name: 'view',
  encode: encodeView,
  decode: decodeView,
  samples: { view: entry },
};
