import {
  decodeFromNameServer,
  decodeToNameServer,
  encodeNameServerMessage,
  type FromNameServer,
  joinFrame,
  type ToNameServer,
} from '../../src/index.js';
import { daemon2, entry, type Family, generation, group, m1, m2, node } from './common.js';

const holding = { group, generation, version: 3, membership: m1, joinVersion: 1 };
const id = `${m1}#17`;

export const toNameServer: Family<ToNameServer> = {
  name: 'to-name-server',
  encode: (message) => joinFrame(encodeNameServerMessage(message)),
  decode: decodeToNameServer,
  samples: {
    register: {
      kind: 'register',
      epoch: 1_700_000_000_000,
      holdings: [{ ...holding, entry, full: true }],
    },
    'register after a generation': {
      kind: 'register',
      epoch: 1_700_000_000_000,
      holdings: [],
      seen: [{ group, generation }],
    },
    renew: { kind: 'renew', number: 4, holdings: [holding] },
    resolve: {
      kind: 'resolve',
      number: 5,
      group,
      membership: m2,
      address: 'tcp://127.0.0.2:7401',
      create: true,
    },
    change: {
      kind: 'change',
      id,
      group,
      generation,
      fromVersion: 2,
      asker: m1,
      leader: m1,
      members: entry.members,
      takeover: false,
    },
    full: { kind: 'full', group, generation, membership: m2, joinVersion: 3 },
    delete: { kind: 'delete', group, generation, version: 3, membership: m1 },
    probed: { kind: 'probed', id, group, generation, version: 3, leads: true },
    list: { kind: 'list', number: 6 },
    reset: { kind: 'reset', number: 7, group },
    describe: { kind: 'describe', number: 8, group },
    forget: { kind: 'forget', number: 9, node },
    unregister: { kind: 'unregister' },
  },
};

export const fromNameServer: Family<FromNameServer> = {
  name: 'from-name-server',
  encode: (message) => joinFrame(encodeNameServerMessage(message)),
  decode: decodeFromNameServer,
  samples: {
    renewed: { kind: 'renewed', number: 4, entries: [entry], gone: [{ group, generation: 7 }] },
    'renewed in the recovery window': {
      kind: 'renewed',
      number: 4,
      entries: [],
      gone: [],
      recovering: true,
    },
    resolved: { kind: 'resolved', number: 5, group, membership: m2, entry },
    'resolved, no such group': {
      kind: 'resolved',
      number: 5,
      group,
      membership: m2,
      entry: null,
    },
    'resolved, nobody is there': {
      kind: 'resolved',
      number: 5,
      group,
      membership: m2,
      entry,
      waitsFor: [{ node, incarnation: 7, heardMsAgo: null }],
    },
    'changed, accepted': { kind: 'changed', id, group, accepted: true, entry },
    'changed, refused': {
      kind: 'changed',
      id,
      group,
      accepted: false,
      reason: 'leader-alive',
      entry,
    },
    notice: { kind: 'notice', entry },
    probe: {
      kind: 'probe',
      id,
      group,
      generation,
      version: 3,
      entry,
      complainer: m2,
      complaints: 2,
    },
    deleted: { kind: 'deleted', group, generation, version: 3, entry: null },
    'given up': { kind: 'given-up', number: 7, group, generation: 7 },
    'given up, no such group': { kind: 'given-up', number: 7, group, generation: null },
    described: {
      kind: 'described',
      number: 8,
      group,
      entry,
      waitsFor: [{ node, incarnation: 7, heardMsAgo: 12_000 }],
    },
    'described, no such group': { kind: 'described', number: 8, group, entry: null, waitsFor: [] },
    forgotten: { kind: 'forgotten', number: 9, node, outcome: 'forgotten' },
    'forgotten, not yet': { kind: 'forgotten', number: 9, node, outcome: 'heard', leftMs: 1_200 },
    recovering: { kind: 'recovering', number: 6, leftMs: 1_800 },
    listed: {
      kind: 'listed',
      number: 6,
      groups: [{ group, generation, version: 3, leader: m1, daemons: 2 }],
      nodes: [
        {
          node,
          incarnation: Number(daemon2.split('.')[1]),
          address: 'tcp://127.0.0.1:7401',
          alive: true,
        },
      ],
    },
  },
};
