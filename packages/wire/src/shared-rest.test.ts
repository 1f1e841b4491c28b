import { describe, expect, it } from 'vitest';
import { pack } from './msgpack.js';
import { SharedRest } from './shared-rest.js';

type Fields = Parameters<SharedRest['pack']>[0];

const joined = Array.from({ length: 50 }, (_, no) => `n1/p${no}`);

function told(more: object = {}): Fields {
  return { joined, state: undefined, ...more };
}

/** Some maps one after the other, and how many of them were those of before. */
function packAll(maps: readonly Fields[]) {
  const shared = new SharedRest();
  const packed = maps.map((fields) => shared.pack(fields));
  return { packed, shared: packed.length - new Set(packed).size };
}

describe('SharedRest', () => {
  it('packs once what is told to many', () => {
    const { packed, shared } = packAll([told(), told(), told()]);
    expect(shared).toBe(2);
    expect(packed[2]).toEqual(pack(told()));
  });

  it.each([
    ['a field is another', [told(), told({ state: 1 })]],
    ['a value is only alike', [told(), told({ joined: [...joined] })]],
    ['there is a field more', [told(), told({ left: undefined })]],
    ['a field is missing', [told({ left: undefined }), told()]],
    ['one field stands for another', [told({ a: undefined }), told({ b: undefined })]],
  ])('shares nothing when %s', (_why, maps) => {
    const { packed, shared } = packAll(maps);
    expect(shared).toBe(0);
    expect(packed).toEqual(maps.map(pack));
  });

  it('leaves alone what links have not written yet', () => {
    const { packed } = packAll([told(), told({ state: 1 }), told()]);
    expect(packed).toEqual([told(), told({ state: 1 }), told()].map(pack));
  });
});
