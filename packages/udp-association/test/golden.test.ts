import { expect, test } from 'vitest';

import {
  BYE,
  codeDatagram,
  cookieDatagram,
  DATAGRAM,
  datagram,
  HEADER_BYTES,
  missingDatagram,
  NO_ID,
  numberDatagram,
  OF_STREAM,
  openDatagram,
  RELIABLE,
} from '../src/datagram.js';
import { Outbox } from '../src/outbox.js';

// Daemons of different versions talk to each other: what stands here does not change within a version.
const id = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const other = Uint8Array.of(9, 10, 11, 12, 13, 14, 15, 16);

function hex(bytes: Uint8Array | undefined): string {
  return Array.from(bytes ?? [], (byte) => byte.toString(16).padStart(2, '0')).join('');
}

test('M35: the bytes of datagrams that carry no frame', () => {
  expect({
    open: hex(openDatagram(id, { cookie: other, stream: NO_ID, window: 262_144 })),
    cookie: hex(cookieDatagram(id, other)),
    accept: hex(numberDatagram(DATAGRAM.accept, id, 65_536)),
    missing: hex(missingDatagram(id, { flags: OF_STREAM, number: 7, bits: Uint8Array.of(5, 1) })),
    bye: hex(codeDatagram(DATAGRAM.bye, id, BYE.aborted)),
    byeReceived: hex(datagram(DATAGRAM.byeReceived, id, HEADER_BYTES)),
  }).toMatchInlineSnapshot(`
    {
      "accept": "47530103010203040506070800010000",
      "bye": "4753010b010203040506070801",
      "byeReceived": "4753010c0102030405060708",
      "cookie": "475301020102030405060708090a0b0c0d0e0f10",
      "missing": "47530108010203040506070802000000070501",
      "open": "475301010102030405060708090a0b0c0d0e0f10000000000000000000040000",
    }
  `);
});

test('M35: the bytes of datagrams with frames', () => {
  const { frames, fragment } = DATAGRAM;
  const outbox = new Outbox({ id, datagramBytes: 40, frames, fragment });
  const prefix = Uint8Array.of(0, 0, 1, 2);
  outbox.pack({ head: Uint8Array.of(1, 2), tail: Uint8Array.of(3) }, prefix);
  outbox.pack({ head: Uint8Array.of(4) }, prefix);
  const packed = outbox.takeOpen();
  const head = Uint8Array.from({ length: 9 }, (_, at) => at);
  const tail = Uint8Array.from({ length: 7 }, (_, at) => 100 + at);
  const cut = outbox.cut({ head, tail }, { prefix, flags: RELIABLE, now: 0 });
  expect({
    packed: hex(packed),
    fragments: cut.fragments.map(({ bytes }) => hex(bytes)),
  }).toMatchInlineSnapshot(`
    {
      "fragments": [
        "475301060102030405060708000001020100000000000000100000000b0001020304050607086465",
        "475301060102030405060708000001020100000000000000100001000b666768696a",
      ],
      "packed": "475301050102030405060708000001020003010203000104",
    }
  `);
});
