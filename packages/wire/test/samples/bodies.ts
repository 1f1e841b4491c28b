import {
  type BundleBody,
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
  type Voting,
} from '../../src/index.js';
import { attributes, bytes, entry, type Family, m1, m2, trace } from './common.js';

const message: MessageBody = {
  kind: 'message',
  safe: true,
  proposer: 2,
  n: 9,
  low: 7,
  payload: bytes(0x68, 0x69),
};
/** `hi`, and an empty one. */
const bundle: BundleBody = {
  kind: 'bundle',
  safe: true,
  proposer: 2,
  n: 9,
  low: 7,
  count: 2,
  content: bytes(0, 0, 0, 2, 0x68, 0x69, 0, 0, 0, 0),
};
const departure = {
  no: 2,
  provider: 'n2/p2',
  reason: 'process-failure',
  detail: 'overloaded',
} as const;

const voting: Voting = {
  voters: [1, 2],
  defaultVote: 'approve',
  timeLimit: 0,
  phases: 'voting',
  maxPhases: 5,
};

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
    'state, traced': { kind: 'state', low: 3, proposer: 1, value: bytes(1, 2), trace },
    'leave, voted on': {
      kind: 'leave',
      low: 2,
      proposer: 1,
      phases: { exactly: 2 },
      timeLimit: 5_000,
    },
    'message that is voted on': {
      kind: 'voted-message',
      low: 5,
      proposer: 1,
      payload: bytes(0x68, 0x69),
      safe: true,
      phases: 'voting',
      timeLimit: 0,
    },
    barrier: { kind: 'barrier', low: 5, proposer: 1, phases: 'voting' },
    votes: {
      kind: 'votes',
      low: 5,
      protocol: 60,
      phase: 2,
      votes: [
        {
          no: 2,
          value: 'continue',
          stateValue: bytes(3),
          message: bytes(0x6d),
          defaultVote: 'reject',
        },
        { no: 3, value: 'default' },
      ],
    },
    report: { kind: 'report', low: 5, code: 'unresponsive', providers: [2, 3] },
    down: { kind: 'down', low: 4, departures: [departure] },
    'down with what fails in the source': {
      kind: 'down',
      low: 4,
      departures: [departure],
      source: { generation: 7, position: 0, providers: [5] },
    },
    withdraw: { kind: 'withdraw', low: 4, target: 3 },
    message,
    bundle,
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
    unprovided: { kind: 'unprovided' },
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
    'start of a removal that follows its source': {
      kind: 'start',
      protocol: 'failure',
      requests: [{ origin: m2, n: 9, low: 8 }],
      change: { kind: 'remove', departures: [{ no: 2, provider: 'n2/p2', reason: 'cast-out' }] },
      source: { generation: 7, position: 41 },
    },
    'start of a state change': {
      kind: 'start',
      protocol: 'state',
      proposer: 'n1/p1',
      requests: [{ origin: m1, n: 3, low: 2 }],
      change: { kind: 'state', value: bytes(1, 2) },
    },
    'start of a state change that is traced': {
      kind: 'start',
      protocol: 'state',
      proposer: 'n1/p1',
      requests: [{ origin: m1, n: 3, low: 2 }],
      change: { kind: 'state', value: bytes(1, 2) },
      trace,
    },
    'start of an attribute change': {
      kind: 'start',
      protocol: 'attributes',
      proposer: 'n1/p1',
      requests: [{ origin: m1, n: 4, low: 4 }],
      change: { kind: 'attributes', attributes, changed: ['version'] },
    },
    'start of a removal that is voted on': {
      kind: 'start',
      protocol: 'failure',
      requests: [{ origin: m2, n: 5, low: 5 }],
      change: { kind: 'remove', departures: [departure] },
      voting: {
        voters: [1, 3],
        defaultVote: 'reject',
        timeLimit: 30_000,
        phases: { exactly: 2 },
        maxPhases: 0,
      },
    },
    'start of a message that is voted on': {
      kind: 'start',
      protocol: 'message',
      proposer: 'n1/p1',
      requests: [{ origin: m1, n: 5, low: 5 }],
      change: { kind: 'message', payload: bytes(0x68), safe: false },
      voting,
    },
    'start of a barrier': {
      kind: 'start',
      protocol: 'barrier',
      proposer: 'n1/p1',
      requests: [{ origin: m1, n: 6, low: 6 }],
      change: { kind: 'none' },
      voting,
    },
    'start of a state change that is voted on': {
      kind: 'start',
      protocol: 'state',
      proposer: 'n1/p1',
      requests: [{ origin: m1, n: 7, low: 6 }],
      change: { kind: 'state', value: bytes(1, 2) },
      voting: { ...voting, defaultVote: 'reject', timeLimit: 30_000, phases: { exactly: 2 } },
    },
    rider: { kind: 'rider', protocol: 60, phase: 1, no: 2, payload: bytes(0x6d) },
    'result, another phase': {
      kind: 'result',
      protocol: 60,
      phase: 1,
      outcome: 'continue',
      causes: [{ code: 'voted', value: 'continue', provider: 'n2/p2' }],
      riders: [2],
      stateValue: bytes(3),
      defaultVote: 'approve',
    },
    'result, approved': {
      kind: 'result',
      protocol: 60,
      phase: 1,
      outcome: 'approved',
      causes: [],
      riders: [],
      defaultVote: 'approve',
    },
    'result, rejected': {
      kind: 'result',
      protocol: 60,
      phase: 2,
      outcome: 'rejected',
      causes: [
        { code: 'max-phases', value: 'reject' },
        { code: 'provider-failed', value: 'reject', provider: 'n2/p2' },
      ],
      riders: [],
      defaultVote: 'reject',
    },
    announce: {
      kind: 'announce',
      code: 'time-limit',
      providers: ['n2/p2'],
      requests: [{ origin: m2, n: 7, low: 7 }],
    },
    // The same bytes as the proposal: the leader forwards what it received.
    message,
    bundle,
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
      surplus: 0,
      viewVersion: 3,
      viewPosition: 58,
      stateValue: bytes(1, 2),
      started: [
        {
          origin: m1,
          upTo: 8,
          ahead: [
            { n: 10, proposer: 3 },
            { n: 12, proposer: 0 },
          ],
        },
      ],
      running: null,
    },
    'while a protocol is voted on': {
      life: 1,
      attributes,
      providers: [{ id: 'n1/p1', no: 1, daemon: m1 }],
      nextNo: 3,
      surplus: 250,
      viewVersion: 3,
      viewPosition: 58,
      stateValue: null,
      started: [],
      running: {
        protocol: 60,
        start: {
          kind: 'start',
          protocol: 'state',
          proposer: 'n1/p1',
          requests: [{ origin: m1, n: 3, low: 2 }],
          change: { kind: 'state', value: bytes(1) },
          voting,
        },
        phase: 2,
        proposedState: bytes(2),
        defaultVote: 'reject',
        causes: [{ code: 'voted', value: 'continue', provider: 'n1/p1' }],
        shown: [{ from: 'n1/p1', payload: bytes(0x6d) }],
        placed: [{ no: 1, payload: bytes(0x6e) }],
      },
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
