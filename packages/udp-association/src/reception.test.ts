import { expect, it } from 'vitest';

import { newCounters } from './counters.js';
import {
  codeDatagram,
  DATAGRAM,
  datagram,
  HEADER_BYTES,
  numberDatagram,
  REFUSE,
} from './datagram.js';
import { Reception } from './reception.js';

// Who has not shown that it receives where it sends from must not be able to make a listener send more
// than it sends itself, or others are flooded in its name. Found by fuzzing.

const id = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

function listener(counters = newCounters()): Reception<string> {
  return new Reception({ window: 1000, counters, cookie: () => new Uint8Array(8) });
}

it.each([
  ['frames', DATAGRAM.frames],
  ['fragment', DATAGRAM.fragment],
  ['ping', DATAGRAM.ping],
])('does not answer a bare header of %s, which is shorter than any answer', (_name, type) => {
  const counters = newCounters();
  const received = listener(counters).receive(datagram(type, id, HEADER_BYTES), 'a:1', 0);
  expect(received).toEqual({ kind: 'none' });
  expect(counters.malformed).toBe(1);
});

it('tells an end of an association that is not known here', () => {
  expect(listener().receive(numberDatagram(DATAGRAM.ping, id, 1), 'a:1', 0)).toEqual({
    kind: 'answer',
    datagram: codeDatagram(DATAGRAM.refuse, id, REFUSE.unknown),
  });
});
