import { describe, expect, test } from 'vitest';
import type { Happening } from './happenings.js';
import { Run } from './run.js';
import { readLink, writeLink } from './run-link.js';

/** A run with everything that it has told. */
class HeardRun extends Run {
  readonly happenings: Happening[];

  constructor(script: { readonly seed: number; readonly daemons: number }) {
    const happenings: Happening[] = [];
    super(script, (happening) => happenings.push(happening));
    this.happenings = happenings;
  }
}

function told<Kind extends Happening['kind']>(
  run: HeardRun,
  kind: Kind,
): Extract<Happening, { kind: Kind }>[] {
  return run.happenings.filter(
    (each): each is Extract<Happening, { kind: Kind }> => each.kind === kind,
  );
}

function settled(daemons = 3, seed = 1): HeardRun {
  const run = new HeardRun({ seed, daemons });
  run.advance(6_000);
  expect(run.objection).toBeUndefined();
  return run;
}

/** The number of the daemon that leads, as the newest view says. */
function leaderOf(run: HeardRun): number {
  return Number(/^n(\d)/.exec(told(run, 'view').at(-1)?.entry.leader ?? '')?.[1]);
}

describe('a run of the playground', () => {
  test('its processes come together, and hear the same in the same order', () => {
    for (const daemons of [3, 7]) {
      const run = settled(daemons);
      run.advance(12_000);
      expect(run.crew.map((each) => each.provider === undefined)).toEqual(
        run.crew.map(() => false),
      );
      const orders = run.crew.map(({ name }) => {
        const cells = told(run, 'heard').filter(({ by }) => by === name);
        const last = cells.findLastIndex(({ cell }) => cell.what === 'snapshot');
        return cells.slice(last + 1).map(({ cell }) => `${cell.place} ${cell.what} ${cell.text}`);
      });
      const shortest = Math.min(...orders.map((order) => order.length));
      expect(shortest).toBeGreaterThan(5);
      const tails = orders.map((order) => order.join('\n'));
      const newest = tails.at(-1)?.split('\n').slice(0, 5).join('\n') ?? '';
      for (const tail of tails) expect(tail).toContain(newest);
    }
  });

  test('a killed leader is suspected, another claims, all answer, and a new view comes', () => {
    const run = settled(4);
    const leader = leaderOf(run);
    const before = run.now;
    run.act({ kind: 'kill', daemon: leader });
    run.advance(before + 5_000);
    const since = run.happenings.filter(({ at }) => at >= before).map(({ kind }) => kind);
    const steps = [
      'down',
      'suspects',
      'claims',
      'accepted',
      'asks',
      'promises',
      'took-over',
      'view',
    ];
    const places = steps.map((step) => since.indexOf(step as Happening['kind']));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(leaderOf(run)).not.toBe(leader);
    expect(run.objection).toBeUndefined();
  });

  test('a proposal is voted on: approved by all, rejected by one', () => {
    const run = settled();
    run.act({ kind: 'propose', process: 1 });
    run.advance(run.now + 3_000);
    expect(told(run, 'votes').map(({ value }) => value)).toEqual(['approve', 'approve', 'approve']);
    expect(told(run, 'heard').filter(({ cell }) => cell.what === 'state').length).toBe(3);
    run.act({ kind: 'mood', process: 2, mood: 'rejects' });
    run.act({ kind: 'propose', process: 1 });
    run.advance(run.now + 3_000);
    expect(told(run, 'heard').filter(({ cell }) => cell.what === 'rejected').length).toBe(3);
  });

  test('whoever is cut off is removed, and comes back when it is heard again', () => {
    const run = settled(5);
    const leader = leaderOf(run);
    const others = [0, 1, 2, 3, 4, 5].filter((each) => each !== leader);
    for (const b of others) run.act({ kind: 'cut', a: leader, b });
    run.advance(run.now + 12_000);
    expect(told(run, 'view').at(-1)?.entry.members).toHaveLength(4);
    for (const b of others) run.act({ kind: 'heal', a: leader, b });
    run.advance(run.now + 12_000);
    expect(told(run, 'view').at(-1)?.entry.members).toHaveLength(5);
    expect(run.objection).toBeUndefined();
  });

  test('steps and strides lead to the same run, and so does its link', () => {
    const run = new HeardRun({ seed: 9, daemons: 3 });
    for (let i = 0; i < 300; i += 1) run.step(1_000);
    run.advance(4_321.5);
    run.act({ kind: 'kill', daemon: leaderOf(run) });
    for (let i = 0; i < 40; i += 1) run.step(1_000);
    run.act({ kind: 'cut', a: 0, b: 3 });
    run.act({ kind: 'pause', daemon: 2 });
    run.advance(9_000);
    run.act({ kind: 'resume', daemon: 2 });
    run.advance(15_000);

    const { seed, daemons, actions, now, digest } = run;
    const link = writeLink({ seed, daemons, actions, at: now });
    const linked = readLink(link);
    expect(linked).toMatchObject({ seed, daemons, actions, at: now });
    const again = new HeardRun({ seed: 9, daemons: 3 });
    again.play(linked?.actions ?? [], linked?.at ?? 0);
    expect(again.digest).toBe(digest);
    expect(again.happenings).toEqual(run.happenings);
  });

  test('nothing that a visitor does makes a checker object', () => {
    for (let seed = 1; seed <= 3; seed += 1) {
      const run = new HeardRun({ seed, daemons: 3 + (seed % 5) });
      run.advance(5_000);
      for (let round = 0; round < 8; round += 1) {
        const daemon = 1 + ((seed * 7 + round * 3) % run.daemons);
        const other = daemon === 1 ? 2 : 1;
        if (round % 4 === 0) run.act({ kind: 'kill', daemon });
        if (round % 4 === 1) run.act({ kind: 'cut', a: daemon, b: round % 3 === 0 ? 0 : other });
        if (round % 4 === 2) run.act({ kind: 'pause', daemon });
        run.act({ kind: 'propose', process: 1 + (round % run.daemons) });
        run.act({ kind: 'kill-process', process: 1 + ((round + seed) % run.daemons) });
        run.advance(run.now + 700 + 300 * round);
        for (let each = 0; each <= run.daemons; each += 1) {
          run.act({ kind: 'start', daemon: each });
          run.act({ kind: 'resume', daemon: each });
          if (each > 0) run.act({ kind: 'start-process', process: each });
        }
        run.advance(run.now + 900);
      }
      expect(run.objection, `seed ${seed}`).toBeUndefined();
    }
  });
});

describe('a link', () => {
  test('what is wrong in it is left out', () => {
    expect(readLink('')).toBeUndefined();
    expect(readLink('#seed=x')).toBeUndefined();
    expect(readLink('#seed=5&daemons=9&do=100k1.50k2.200z1.300k8.400c1-1.450w1x.500c0-2')).toEqual({
      seed: 5,
      daemons: 3,
      actions: [
        { at: 100, action: { kind: 'kill', daemon: 1 } },
        { at: 500, action: { kind: 'cut', a: 0, b: 2 } },
      ],
      at: 500,
    });
  });
});
