import { decodeOrdered, type Proposed } from '@group-services/wire';
import { expect, test } from 'vitest';
import { PerfectMetagroup } from './perfect-metagroup.js';
import { bytesOf, Process, type VoteRiders } from './processes.js';

interface Case {
  readonly what: string;
  readonly proposed: Proposed;
  readonly vote?: 'approve' | 'reject';
  readonly riders?: VoteRiders;
  /** In a group whose results are safe, and in one whose results are agreed. */
  readonly multicasts: readonly [readonly string[], readonly string[]];
}

const state: Proposed = { kind: 'state', value: bytesOf('v') };
const barrier: Proposed = { kind: 'barrier' };
const message = (safe: boolean): Proposed => ({
  kind: 'voted-message',
  payload: bytesOf('m'),
  safe,
});
const agreed = ['start', 'result'];
const safe = ['start', 'result safe'];

const cases: readonly Case[] = [
  { what: 'an approved change', proposed: state, multicasts: [safe, agreed] },
  { what: 'a rejection', proposed: state, vote: 'reject', multicasts: [agreed, agreed] },
  { what: 'a barrier', proposed: barrier, multicasts: [agreed, agreed] },
  {
    what: 'a barrier with a new state value',
    proposed: barrier,
    riders: { state: 'v' },
    multicasts: [safe, agreed],
  },
  {
    what: 'a barrier with a message rider',
    proposed: barrier,
    riders: { message: 'm' },
    multicasts: [
      ['start', 'rider', 'result'],
      ['start', 'rider', 'result'],
    ],
  },
  { what: 'an agreed message', proposed: message(false), multicasts: [agreed, agreed] },
  { what: 'a safe message', proposed: message(true), multicasts: [safe, safe] },
  {
    what: 'a rejected safe message',
    proposed: message(true),
    vote: 'reject',
    multicasts: [agreed, agreed],
  },
];

for (const { what, proposed, vote = 'approve', riders = {}, multicasts } of cases) {
  test(`M18: how ${what} is delivered`, () => {
    for (const [index, delivery] of (['safe', 'agreed'] as const).entries()) {
      const metagroup = new PerfectMetagroup();
      const process = new Process(metagroup, metagroup.start('a'), 1);
      process.join({ instance: 'x', attributes: { delivery } });
      metagroup.settle();
      const before = metagroup.multicasts.length;
      process.propose(1, proposed, { phases: 'voting' });
      metagroup.settle();
      process.vote(1, vote, riders);
      metagroup.settle();
      const placed = metagroup.multicasts.slice(before).map((it) => {
        const decoded = decodeOrdered(it.body);
        return `${decoded.ok ? decoded.value.kind : 'unreadable'}${it.safe ? ' safe' : ''}`;
      });
      expect(placed).toEqual(multicasts[index]);
    }
  });
}
