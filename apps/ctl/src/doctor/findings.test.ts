import { describe, expect, it } from 'vitest';
import type { Facts, ProgramFacts } from './facts.js';
import { diagnosisText, findingsOf } from './findings.js';

const program: ProgramFacts = {
  where: 'the daemon of n1',
  status: { version: '0.1.0' },
  readiness: { ready: true, missing: [] },
  options: { heartbeat: 250, suspectAfter: 1_000, ackWindow: 64 },
};

const well: Facts = {
  version: '0.1.0',
  programs: [program],
  daemon: {
    node: 'n1',
    domain: 'default',
    version: '0.1.0',
    startedAt: '',
    incarnation: 1,
    address: 'tcp://n1:7401',
    stopping: false,
    nameServer: { connected: true, epoch: 1 },
  },
  nodes: {
    self: { node: 'n1', incarnation: 1, address: 'tcp://n1:7401' },
    peers: [],
    nodes: [{ node: 'n1', incarnation: 1, address: 'tcp://n1:7401', alive: true }],
  },
  peers: [{ daemon: 'n2.1', suspected: null, heardMsAgo: 10, hearsUsMsAgo: 10 }],
  groups: [{ group: 'billing', role: 'leader', leader: 'n1' }],
  clients: [],
  openSockets: [],
  badStores: [],
};

const whats = (facts: Facts): string[] => findingsOf(facts).map(({ what }) => what);
const client = { client: 1, name: 'web', handles: 1, memberships: [], queuedBytes: 0 };
const voting = { phase: 1, waitedMs: 9_000, timeLeftMs: 1_000, waitingFor: ['n1/a'] };

describe('the doctor', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(findingsOf(well)).toEqual([]);
    expect(diagnosisText(['the daemon of n1'], [])).toBe(
      'Looked at the daemon of n1.\nNothing is wrong.',
    );
  });

  it.each<[string, Partial<Facts>, RegExp]>([
    [
      'what is not reached',
      { programs: [program, { where: 'http://b', unreachable: 'refused' }] },
      /not reached: refused/u,
    ],
    [
      'what does not answer us',
      { programs: [program, { where: 'http://b', unusable: 'it refuses. Give --token-file.' }] },
      /not told: it refuses\. Give --token-file\./u,
    ],
    [
      'what cannot serve',
      { programs: [{ ...program, readiness: { ready: false, missing: ['the name server'] } }] },
      /cannot serve: the name server/u,
    ],
    [
      'what is degraded',
      {
        programs: [
          { ...program, readiness: { ready: true, missing: [], degraded: ['no descriptors'] } },
        ],
      },
      /no descriptors/u,
    ],
    [
      'a name server that is away',
      { nodes: { ...well.nodes, nodes: null, note: 'no connection' } },
      /cannot be asked: no connection/u,
    ],
    [
      'a node without a lease',
      {
        nodes: {
          ...well.nodes,
          nodes: [{ node: 'n3', incarnation: 1, address: '', alive: false }],
        },
      },
      /daemon of n3 has no lease/u,
    ],
    [
      'a suspected peer',
      { peers: [{ daemon: 'n2.1', suspected: 'silence', heardMsAgo: 9, hearsUsMsAgo: 9 }] },
      /n2\.1 counts as failed: silence/u,
    ],
    [
      'a peer that does not hear us',
      { peers: [{ daemon: 'n2.1', suspected: null, heardMsAgo: 9, hearsUsMsAgo: 4_000 }] },
      /n2\.1 does not hear/u,
    ],
    [
      'a group that waits',
      { groups: [{ group: 'g', role: 'joining', waiting: 'waits for n3' }] },
      /group g waits/u,
    ],
    ['a group without a leader', { groups: [{ group: 'g', role: 'member' }] }, /no leader/u],
    [
      'votes that are overdue',
      { groups: [{ group: 'g', role: 'leader', leader: 'n1', voting }] },
      /waits for votes of n1\/a for 9 s/u,
    ],
    [
      'a process that is slow',
      { clients: [{ ...client, pressing: [{ group: 'g', cause: 'unread', bytes: 1 }] }] },
      /holds group g up/u,
    ],
    [
      'a process that is silent',
      { clients: [{ ...client, pressing: [], responsiveness: 'unresponsive' }] },
      /does not answer/u,
    ],
    [
      'times that do not fit',
      { programs: [{ ...program, options: { heartbeat: 500, suspectAfter: 1_000 } }] },
      /less than three heartbeats/u,
    ],
    [
      'daemons that differ',
      {
        programs: [
          program,
          {
            ...program,
            where: 'b',
            options: { heartbeat: 500, suspectAfter: 1_000, ackWindow: 64 },
          },
        ],
      },
      /differ in heartbeat/u,
    ],
    [
      'a short lease',
      { programs: [program, { where: 'ns', options: { lease: 500 } }] },
      /lease \(500ms\) is shorter/u,
    ],
    [
      'another release',
      { programs: [{ ...program, status: { version: '0.2.0' } }] },
      /runs 0\.2\.0/u,
    ],
    [
      'a certificate that ends',
      { programs: [{ ...program, certificates: new Map([['a.crt', 86_400]]) }] },
      /a\.crt ends in 1 days/u,
    ],
    ['few descriptors', { programs: [{ ...program, openFilesMax: 256 }] }, /256 files/u],
    ['a clock that is off', { programs: [{ ...program, clockAheadMs: -90_000 }] }, /90 s behind/u],
    [
      'a socket for everybody',
      { openSockets: [{ path: '/run/gsd.sock', mode: '0666' }] },
      /everybody may write/u,
    ],
    [
      'a store in memory',
      { badStores: [{ path: '/dev/shm/x', why: 'is in memory (tmpfs)' }] },
      /is in memory/u,
    ],
    ['small socket buffers', { socketBufferMax: 212_992 }, /212992 bytes/u],
  ])('finds %s', (_, change, found) => {
    expect(whats({ ...well, ...change })).toContainEqual(expect.stringMatching(found));
  });

  it('says of each where, why and what to do', () => {
    const [finding] = findingsOf({ ...well, groups: [{ group: 'g', role: 'member' }] });
    const text = diagnosisText(['x'], finding === undefined ? [] : [finding]);
    expect(text).toMatch(/^\* group g .*\n {2}where: {4}.+\n {2}because: {2}.+\n {2}do: {7}.+$/mu);
  });
});
