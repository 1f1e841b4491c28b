import {
  type DaemonMessage,
  decodeDaemonFrame,
  encodeDaemonFrame,
  type GroupMessage,
  joinFrame,
  type LogEntry,
  PeerMemberships,
} from '../../src/index.js';
import {
  bytes,
  daemon1,
  daemon2,
  drainReport,
  entry,
  type Family,
  generation,
  group,
  m1,
  m2,
  m3,
} from './common.js';

/** All samples go from the first daemon to the second. */
export const sender = new PeerMemberships(daemon1);
export const receiver = new PeerMemberships(daemon2);

const stamp = { version: 3, since: 2, cut: 40, stable: 57 };
const ack = { version: 3, joinVersion: 1, contiguous: 59, stableSeen: 57, pressure: 3 };
const body = bytes(0xca, 0xfe);
const logEntry: LogEntry = {
  seq: 60,
  origin: m1,
  originJoinVersion: 1,
  counter: 12,
  safe: false,
  view: false,
  body,
};

const inGroup: Readonly<Record<string, GroupMessage>> = {
  "data, the sender's own": { kind: 'data', ...stamp, ackRequired: false, entry: logEntry },
  'data, of another member, safe, to be acknowledged': {
    kind: 'data',
    ...stamp,
    ackRequired: true,
    entry: { ...logEntry, origin: m3, safe: true },
  },
  'data, a view': {
    kind: 'data',
    ...stamp,
    ackRequired: true,
    entry: { ...logEntry, safe: true, view: true },
  },
  sync: { kind: 'sync', ...stamp, ackRequired: true, last: 60 },
  submit: { kind: 'submit', ...ack, counter: 13, safe: true, body },
  ack: { kind: 'ack', ...ack },
  'ack, greatest numbers': {
    kind: 'ack',
    version: 0xffffffff,
    joinVersion: 0xffffffff,
    contiguous: Number.MAX_SAFE_INTEGER,
    stableSeen: Number.MAX_SAFE_INTEGER,
    pressure: 0xffff_ffff,
  },
  nack: { kind: 'nack', version: 3, from: 58, to: 59 },
  request: { kind: 'request', ...ack, since: 2, index: 5, n: 9, body },
  reply: { kind: 'reply', since: 2, index: 6, n: 9, body },
  'received requests': { kind: 'received', since: 2, channel: 'requests', index: 5 },
  'received replies': { kind: 'received', since: 2, channel: 'replies', index: 6 },
  fetched: { kind: 'fetched', version: 3, entry: { ...logEntry, origin: m3 } },
  insert: { kind: 'insert', address: 'tcp://127.0.0.2:7401' },
  leave: { kind: 'leave' },
  handover: { kind: 'handover', entry },
  takeover: { kind: 'takeover', entry },
  'state of a full member': { kind: 'state', version: 3, contiguous: 60, pressure: 5 },
  'state of a joining member': { kind: 'state', version: 3, contiguous: null, pressure: 5 },
  fetch: { kind: 'fetch', version: 3, from: 58, to: 60 },
  snapshot: {
    kind: 'snapshot',
    version: 3,
    since: 2,
    cut: 40,
    position: 61,
    index: 0,
    chunks: 2,
    bytes: body,
  },
  donate: { kind: 'donate', version: 3, since: 2, position: 61, joiner: m3, attempt: 1 },
  'snapshot of a donor': {
    kind: 'snapshot',
    version: 3,
    since: 2,
    cut: 40,
    position: 61,
    index: 0,
    chunks: 2,
    bytes: body,
    attempt: 1,
  },
  'snapshot of a donor received': {
    kind: 'snapshot-received',
    version: 3,
    position: 61,
    next: 1,
    attempt: 1,
  },
  'snapshot received': { kind: 'snapshot-received', version: 3, position: 61, next: 1 },
  gone: { kind: 'gone', membership: m2 },
  'not leader': { kind: 'not-leader' },
  woken: { kind: 'woken', n: 3 },
  known: { kind: 'known', n: 3 },
  stale: { kind: 'stale', generation, version: 4 },
};

export const betweenDaemons: Family<DaemonMessage> = {
  name: 'daemon-to-daemon',
  encode: (message) => joinFrame(encodeDaemonFrame(message)),
  decode: (frame) => decodeDaemonFrame(frame, sender, receiver),
  samples: {
    'heartbeat of a drained daemon': {
      kind: 'node',
      message: { kind: 'heartbeat', hears: [daemon1], drained: true },
    },
    askDrain: { kind: 'node', message: { kind: 'ask-drain', number: 5, wish: 'undrain' } },
    drain: { kind: 'node', message: { kind: 'drain', number: 5, report: drainReport } },
    askVotes: { kind: 'node', message: { kind: 'ask-votes', number: 3, group } },
    votes: {
      kind: 'node',
      message: {
        kind: 'votes',
        number: 3,
        leads: true,
        voting: {
          protocol: '7.90',
          kind: 'state',
          phase: 2,
          defaultVote: 'reject',
          waitingFor: ['n2/b'],
          waitedMs: 1_500,
          timeLeftMs: 28_500,
        },
      },
    },
    votesOfNothing: {
      kind: 'node',
      message: { kind: 'votes', number: 4, leads: false, voting: null },
    },
    heartbeat: { kind: 'node', message: { kind: 'heartbeat', hears: [daemon2] } },
    stopping: { kind: 'node', message: { kind: 'stopping' } },
    ...Object.fromEntries(
      Object.entries(inGroup).map(([name, message]) => [name, inEnvelope(message)]),
    ),
    'data, for several daemons': toSeveral(
      inGroup['data, of another member, safe, to be acknowledged'],
    ),
    'sync, for several daemons': toSeveral(inGroup['sync']),
  },
};

function toSeveral(message: GroupMessage | undefined): DaemonMessage {
  if (message === undefined) throw new Error('a sample with this name exists');
  return { kind: 'group', envelope: { generation, from: m1, to: undefined, message } };
}

export function inEnvelope(message: GroupMessage): DaemonMessage {
  return { kind: 'group', envelope: { generation, from: m1, to: m2, message } };
}
