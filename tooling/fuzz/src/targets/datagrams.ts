import {
  Association,
  type AssociationInput,
  type AssociationOptions,
  newCounters,
  openDatagram,
  Reception,
  typeOf,
} from '@group-services/udp-association';

import type { Target } from '../target.js';

/** Datagrams of anybody: at a listener that knows nobody, and at an association that stands. */

const WINDOW = 64 * 1024;
const REMOTE = '127.0.0.1:1';
const id = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const cookie = Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1);

function association(): Association {
  const options: AssociationOptions = {
    id,
    datagramBytes: 1200,
    frameLimit: 100_000,
    highWaterMark: 1024 * 1024,
    echoEveryBytes: 16 * 1024,
    budget: { bytes: 0 },
    counters: newCounters(),
  };
  const made = new Association(options);
  made.step({ kind: 'begin', window: WINDOW }, 0);
  return made;
}

/** What one end says to the other in its life: small and large frames, signs of life, the end. */
function said(): readonly Uint8Array[] {
  const one = association();
  const sent: Uint8Array[] = [];
  const step = (input: AssociationInput, now: number): void => {
    for (const output of one.step(input, now)) {
      if (output.kind === 'transmit') sent.push(Uint8Array.from(output.datagram));
    }
  };
  const frame = (bytes: number, reliable: boolean): AssociationInput => {
    return { kind: 'send', frame: { head: new Uint8Array(bytes).fill(7), reliable } };
  };
  step(frame(10, true), 1);
  step(frame(20, false), 1);
  step({ kind: 'flush' }, 1);
  step(frame(5000, false), 2);
  step({ kind: 'flush' }, 2);
  for (let beat = 0; beat < 20; beat += 1) step({ kind: 'deadlineReached' }, one.deadline());
  step({ kind: 'close' }, 100_000);
  return sent;
}

/** Each input twice, since the second may be taken for a repetition; a frame is at once taken. */
function atAssociation(bytes: Uint8Array): boolean {
  if (typeOf(bytes) === undefined) return false;
  const one = association();
  let answers = 0;
  for (const now of [1, 2]) {
    for (const output of one.step({ kind: 'datagram', bytes }, now)) {
      answers += 1;
      if (output.kind === 'frame') one.step({ kind: 'handled' }, now);
    }
    one.step({ kind: 'deadlineReached' }, one.deadline());
  }
  return answers > 0;
}

const opening = openDatagram(id, { cookie, stream: new Uint8Array(8), window: WINDOW });

function atListener(bytes: Uint8Array): boolean {
  const counters = newCounters();
  const listener = new Reception<string>({ window: WINDOW, counters, cookie: () => cookie });
  const received = listener.receive(bytes, REMOTE, 0);
  if (received.kind === 'answer' && received.datagram.length > bytes.length) {
    throw new Error('the answer to a stranger is larger than what it asked');
  }
  if (received.kind === 'accept') listener.admit(received.id, REMOTE, 'link');
  return received.kind !== 'none';
}

const spoken = said();

export const datagramTargets: readonly Target[] = [
  { name: 'association', corpus: spoken, read: atAssociation },
  { name: 'datagram', corpus: [opening, ...spoken], read: atListener },
];
