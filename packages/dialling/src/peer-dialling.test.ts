import { type DaemonId, daemonId, type NodeName } from '@group-services/core';
import { beforeEach, expect, test } from 'vitest';

import {
  type DialOutcome,
  PeerDialling,
  type PeerDiallingInput,
  type PeerDiallingOutput,
} from './peer-dialling.js';

const peer = daemonId('n2' as NodeName, 5);
const address = 'tcp://n2:1';
let dialling = new PeerDialling<string>();
beforeEach(() => {
  dialling = new PeerDialling<string>();
});

function step(input: PeerDiallingInput<string>, now = 0): readonly PeerDiallingOutput<string>[] {
  return dialling.step(input, now);
}

function send(frame: string, now = 0): readonly PeerDiallingOutput<string>[] {
  return step({ kind: 'send', peer, address, frame }, now);
}

function dialled(
  attempt: number,
  outcome: DialOutcome,
  now = 0,
): readonly PeerDiallingOutput<string>[] {
  return step({ kind: 'dialled', peer, attempt, outcome }, now);
}

function kinds(outputs: readonly PeerDiallingOutput<string>[]): readonly string[] {
  return outputs.map(({ kind }) => kind);
}

function by(id: DaemonId | string, incarnation: number): DialOutcome {
  return { kind: 'welcomed', node: id, incarnation };
}

test('the first frame dials, what follows waits, and all of it leaves when the link stands', () => {
  expect(send('a')).toEqual([{ kind: 'dial', peer, address, attempt: 1 }]);
  expect(send('b')).toEqual([]);
  expect(dialled(1, by('n2', 5))).toEqual([
    { kind: 'transmit', attempt: 1, frames: ['a', 'b'] },
    { kind: 'up', peer, address },
  ]);
  expect(send('c')).toEqual([{ kind: 'transmit', attempt: 1, frames: ['c'] }]);
  expect(dialling.linkTo(peer)).toBe(1);
});

test('what waits for a link has a bound', () => {
  for (let number = 0; number < 10_000; number += 1) send(`${number}`);
  const [transmit] = dialled(1, by('n2', 5));
  expect(transmit?.kind === 'transmit' ? transmit.frames.length : 0).toBe(4_096);
});

test('after a failed attempt nothing is dialled for a moment, but for a probe', () => {
  send('a');
  dialled(1, { kind: 'failed', failure: 'refusal' }, 1_000);
  expect(send('b', 1_099)).toEqual([]);
  expect(kinds(step({ kind: 'probe', peer, address }, 1_050))).toEqual(['dial']);
  dialled(2, { kind: 'failed', failure: 'refusal' }, 2_000);
  expect(kinds(send('c', 2_100))).toEqual(['dial']);
});

test('a refusal is evidence; what we lack ourselves, and time that has passed, are none', () => {
  for (const [failure, told] of [
    ['refusal', ['notReached theirs', 'unreachable']],
    ['silence', ['notReached theirs']],
    ['exhausted', ['notReached ours']],
  ] as const) {
    dialling = new PeerDialling();
    send('a');
    const outputs = dialled(1, { kind: 'failed', failure });
    expect(
      outputs.map((output) => ('whose' in output ? `${output.kind} ${output.whose}` : output.kind)),
    ).toEqual(told);
  }
});

test('who answers in place of the peer supersedes it, or has its address', () => {
  send('a');
  expect(kinds(dialled(1, by('n2', 6)))).toEqual(['abortLink', 'superseded']);
  dialling = new PeerDialling();
  send('a');
  expect(kinds(dialled(1, by('n2', 4)))).toEqual(['abortLink', 'notReached', 'unreachable']);
});

test.each([
  ['that started later', 'n3', 6],
  ['that started earlier', 'n3', 4],
  ['that does not say which', undefined, 6],
] as const)('a daemon of another node %s supersedes nobody', (_which, node, incarnation) => {
  send('a');
  const answered = { kind: 'welcomed', node, incarnation } as const;
  expect(kinds(dialled(1, answered))).toEqual(['abortLink', 'notReached', 'unreachable']);
});

test('a probe closes a link that stands and dials anew, once', () => {
  send('a');
  dialled(1, by('n2', 5));
  expect(kinds(step({ kind: 'probe', peer, address }))).toEqual(['closeLink', 'dial']);
  expect(step({ kind: 'probe', peer, address })).toEqual([]);
  // That the old link is over changes nothing of the new one.
  expect(step({ kind: 'ended', peer, attempt: 1, by: 'us' })).toEqual([]);
  expect(kinds(dialled(2, by('n2', 5)))).toEqual(['up']);
});

test('an attempt that nobody waits for any more leaves no link', () => {
  send('a');
  expect(step({ kind: 'drop', peer })).toEqual([{ kind: 'giveUp', attempt: 1 }]);
  expect(dialled(1, by('n2', 5))).toEqual([{ kind: 'closeLink', attempt: 1 }]);
  send('b');
  expect(step({ kind: 'close' })).toEqual([{ kind: 'giveUp', attempt: 2 }]);
  expect(send('c')).toEqual([]);
});

test('a link that others end is told, and dialled again at once', () => {
  send('a');
  dialled(1, by('n2', 5));
  expect(step({ kind: 'ended', peer, attempt: 1, by: 'others' })).toEqual([
    { kind: 'closed', peer },
  ]);
  expect(kinds(send('b'))).toEqual(['dial']);
});

test('a link that is over before it was known to stand is not taken for one', () => {
  send('a');
  step({ kind: 'ended', peer, attempt: 1, by: 'others' });
  expect(kinds(dialled(1, by('n2', 5)))).toEqual(['closeLink']);
  expect(dialling.linkTo(peer)).toBeUndefined();
});
