import { expect, test } from 'vitest';

import { type Planted, plant } from './planted.js';

/**
 * Which promise a mistake breaks, and seeds that showed it when they were tried from 1 on. Who changes what
 * a seed means tries again.
 */
interface Known extends Planted {
  readonly breaks: string;
  readonly seeds: readonly number[];
}

const mistakes: Readonly<Record<string, Known>> = {
  'a reliable frame that was given up counts as handed over': {
    file: 'reassembly.ts',
    find: 'if ((partial.flags & RELIABLE) !== 0) this.#past.delete(number);',
    replace: '',
    breaks: 'arrives',
    seeds: [442],
  },
  'what was handed over is not remembered': {
    file: 'reassembly.ts',
    find: 'this.#past.add(number);',
    replace: '',
    breaks: 'once',
    seeds: [4, 6],
  },
  'unconfirmed frames are not repeated': {
    file: 'sender.ts',
    find: 'else if (unconfirmed.again <= now) this.#repeat(unconfirmed, now);',
    replace: '',
    breaks: 'arrives',
    seeds: [4, 7],
  },
  'a position that was damaged is believed for ever': {
    file: 'receiver.ts',
    find: 'this.#seen = position;\n    this.#echoOwed = true;',
    replace: 'this.#see(position);\n    this.#echoOwed = true;',
    breaks: 'moves-on',
    seeds: [234, 319],
  },
  'who asks for an echo gets none': {
    file: 'receiver.ts',
    find: 'if (!this.#echoOwed && (position',
    replace: 'if ((position',
    breaks: 'moves-on',
    seeds: [8, 12],
  },
  'a datagram counts for whoever dialled last from its address': {
    file: 'reception.ts',
    find: 'const admitted = this.#links.get(keyIn(bytes));',
    replace: `const last = this.#byRemote.get(remote);
    const admitted = this.#links.get(keyIn(bytes)) ?? (last && { link: last, remote });`,
    breaks: 'own-association',
    seeds: [19, 25],
  },
  'a fragment that was cut short is taken': {
    file: 'datagram.ts',
    find: 'if (content.length !== Math.min(size, total - index * size)) return undefined;',
    replace: '',
    breaks: 'whole',
    seeds: [16, 49],
  },
  'a frame that was cut short is taken': {
    file: 'datagram.ts',
    find: 'if (end > bytes.length || end === next + LENGTH_BYTES) return false;',
    replace: '',
    breaks: 'whole',
    seeds: [16, 104],
  },
  'silence is not counted': {
    file: 'association.ts',
    find: 'this.#silentTimes += 1;',
    replace: '',
    breaks: 'learns',
    seeds: [5, 8],
  },
  'what is heard does not end the silence': {
    file: 'association.ts',
    find: 'this.#silentTimes = 0;\n    switch',
    replace: 'switch',
    breaks: 'stays',
    seeds: [14, 24],
  },
  'unfinished frames of an ended association are kept': {
    file: 'receiver.ts',
    find: 'this.#unicast.clear();',
    replace: '',
    breaks: 'bounded',
    seeds: [105, 214],
  },
  'an owner is handed frames that it has not asked for': {
    file: 'receiver.ts',
    find: 'const frame = this.#waiting.shift();',
    replace: 'const frame = this.#waiting.pop();',
    breaks: 'in-order',
    seeds: [9, 27],
  },
};

for (const [name, { breaks, seeds, ...mistake }] of Object.entries(mistakes)) {
  test(`noticed: ${name}`, () => {
    const run = plant(mistake);
    expect(seeds.map((seed) => brokenBy(() => run(seed)))).toContain(breaks);
  });
}

function brokenBy(run: () => unknown): string {
  try {
    run();
    return 'nothing';
  } catch (error) {
    return promiseOf(error);
  }
}

/** Which promise was broken, from `seed 7: once: frame 3 came again`. */
function promiseOf(error: unknown): string {
  return (
    /^seed \d+: ([a-z-]+):/u.exec(String(error instanceof Error ? error.message : error))?.[1] ?? ''
  );
}
