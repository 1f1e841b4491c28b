import { expect, test } from 'vitest';

import { Association } from './association.js';
import { newCounters } from './counters.js';
import { DATAGRAM, datagram, numberDatagram } from './datagram.js';
import type { AssociationInput, AssociationOutput } from './inputs.js';

const id = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function standing(): {
  readonly association: Association;
  readonly counters: ReturnType<typeof newCounters>;
  readonly step: (input: AssociationInput, now?: number) => readonly AssociationOutput[];
} {
  const counters = newCounters();
  const association = new Association({
    id,
    datagramBytes: 1_400,
    frameLimit: 100_000,
    highWaterMark: 10_000,
    echoEveryBytes: 1_000,
    budget: { bytes: 0 },
    counters,
  });
  association.step({ kind: 'begin', window: 10_000 }, 0);
  return { association, counters, step: (input, now = 1) => association.step(input, now) };
}

function sent(outputs: readonly AssociationOutput[]): readonly Uint8Array[] {
  return outputs.flatMap((output) => (output.kind === 'transmit' ? [output.datagram] : []));
}

test('M35: a datagram of any type that ends after its header is counted and harms nothing', () => {
  for (const type of Object.values(DATAGRAM)) {
    if (type === DATAGRAM.bye || type === DATAGRAM.refuse) continue;
    for (let more = 0; more < 4; more += 1) {
      const { association, step } = standing();
      step({ kind: 'datagram', bytes: datagram(type, id, 12 + more) });
      step({ kind: 'cast', bytes: datagram(type, id, 12 + more) });
      expect(association.isOpen).toBe(true);
    }
  }
  const { counters, step } = standing();
  step({ kind: 'datagram', bytes: datagram(DATAGRAM.frames, id, 13) });
  expect(counters.malformed).toBe(1);
});

test('M35: frames are handed over one by one, and none while paused', () => {
  const sender = standing();
  for (const byte of [1, 2, 3]) sender.step({ kind: 'send', frame: { head: Uint8Array.of(byte) } });
  const [bytes = id] = sent(sender.step({ kind: 'flush' }));
  const { step } = standing();
  const first = Uint8Array.of(1);
  expect(step({ kind: 'datagram', bytes })).toMatchObject([{ kind: 'frame', frame: first }]);
  expect(step({ kind: 'pause' })).toEqual([]);
  expect(step({ kind: 'handled' })).toEqual([]);
  expect(step({ kind: 'resume' })).toMatchObject([{ kind: 'frame', frame: Uint8Array.of(2) }]);
  expect(step({ kind: 'handled' })).toMatchObject([{ kind: 'frame', frame: Uint8Array.of(3) }]);
  expect(step({ kind: 'handled' })).toEqual([]);
});

test('M35: an answer to a beacon that was never sent does not count', () => {
  const { association, step } = standing();
  step({ kind: 'datagram', bytes: numberDatagram(DATAGRAM.seen, id, 4_000_000) });
  expect(association.hearsStream).toBe(false);
});

test('M35: who gives a silent peer up says so, as it may be that only its words are lost', () => {
  const { association } = standing();
  const outputs: AssociationOutput[] = [];
  for (let round = 0; round < 10 && association.isOpen; round += 1) {
    outputs.push(...association.step({ kind: 'deadlineReached' }, association.deadline()));
  }
  expect(outputs.slice(-3).map(({ kind }) => kind)).toEqual(['transmit', 'closed', 'gone']);
  expect(sent(outputs).at(-1)?.[3]).toBe(DATAGRAM.bye);
  expect(association.deadline()).toBe(Number.POSITIVE_INFINITY);
});
