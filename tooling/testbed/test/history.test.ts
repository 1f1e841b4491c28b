// A comparison that never complains proves nothing: each test plants one broken promise.
import { expect, test } from 'vitest';
import { complaints, type Witness } from '../src/domain/history.js';
import type { Outcome, PlainEvent } from '../src/member/lines.js';

const view = (version: number, ...providers: readonly string[]) => ({
  version,
  fence: `0007-${version}`,
  providers,
});
const snapshot = (position: number, of: ReturnType<typeof view>): PlainEvent => ({
  type: 'snapshot',
  position,
  view: of,
  state: null,
});
const message = (position: number, text: string): PlainEvent => ({
  type: 'message',
  position,
  from: text.split('#')[0] ?? '',
  text,
});
const joined = (position: number, of: ReturnType<typeof view>): PlainEvent => ({
  type: 'membership',
  position,
  view: of,
  left: [],
  joined: [],
});
const state = (position: number, value: string, previous: string | null): PlainEvent => ({
  type: 'state',
  position,
  value,
  previous,
});

function witness(
  name: string,
  events: readonly PlainEvent[],
  outcomes: Readonly<Record<string, Outcome | undefined>> = {},
): Witness {
  return {
    name,
    lives: [{ provider: name, number: 1, gap: null, events: [...events] }],
    outcomes: new Map(Object.entries(outcomes)),
  };
}

const alone = view(1, 'a');
const both = view(2, 'a', 'b');
const a = [snapshot(1, alone), joined(2, both), message(3, 'a#1.1'), message(4, 'a#1.2')];
const b = [snapshot(2, both), message(3, 'a#1.1'), message(4, 'a#1.2')];

test('what fits together is not complained of', () => {
  const sent = { 'a#1.1': 'approved', 'a#1.2': 'CONNECTION_LOST', 'a#1.3': 'REMOVED' };
  expect(complaints([witness('a', a, sent), witness('b', b)])).toEqual([]);
});

const planted: ReadonlyArray<readonly [string, readonly Witness[], RegExp]> = [
  [
    'two messages at one place',
    [witness('a', a), witness('b', [...b.slice(0, 2), message(4, 'a#1.3')])],
    /^b \(1\): .* at one place$/,
  ],
  [
    'a message that one of them has missed',
    [
      witness('a', a),
      witness(
        'b',
        b.filter(({ position }) => position !== 3),
      ),
    ],
    /^b \(1\) has missed .*a#1\.1/,
  ],
  ['a message twice', [witness('a', [...a, message(5, 'a#1.2')])], /^a#1\.2 at 4 and at 5$/],
  [
    'messages of a sender in another order',
    [witness('a', [...a.slice(0, 2), message(3, 'a#1.2'), message(4, 'a#1.1')])],
    /a#1\.1 comes late$/,
  ],
  ['a position that goes back', [witness('b', [...b, message(3, 'b#1.1')])], /comes after 4$/],
  ['an outcome nobody knows', [witness('a', a, { 'a#1.2': undefined })], /ended with undefined$/],
  ['an outcome that says nothing', [witness('a', a, { 'a#1.2': 'TIMEOUT' })], /with TIMEOUT$/],
  ['a promise not kept', [witness('a', a, { 'a#1.9': 'approved' })], /a#1\.9 was seen by nobody$/],
  ['a refused message that ran', [witness('a', a, { 'a#1.2': 'REMOVED' })], /run all the same$/],
  [
    'a state that does not follow',
    [witness('a', [...a, state(5, 'x', null), state(6, 'z', 'y')])],
    /^a \(1\): 6 state: y was x$/,
  ],
  [
    'a fence that goes back',
    [witness('a', [snapshot(1, both), joined(2, alone)])],
    /^a: fence 0007-1 comes after 0007-2$/,
  ],
  [
    'a fence of two lists',
    [witness('a', a), witness('b', [snapshot(2, view(2, 'b'))])],
    /^b: fence 0007-2 is of 2: a b and of 2: b$/,
  ],
];

for (const [what, witnesses, sentence] of planted) {
  test(`complains of ${what}`, () => {
    expect(complaints(witnesses)).toContainEqual(expect.stringMatching(sentence));
  });
}
