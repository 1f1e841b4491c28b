import type { Proposed, ToClient } from '@group-services/wire';
import { expect, test } from 'vitest';
import { violations } from './checks.js';
import { PerfectMetagroup } from './perfect-metagroup.js';
import { bytesOf, Process } from './processes.js';

type Ended = Extract<ToClient, { readonly kind: 'approved' | 'rejected' }>;

/** Providers `x` on a, b and c, `y` on c; a leads, b proposes, a joiner waits on c. */
class Cell {
  readonly metagroup = new PerfectMetagroup();
  readonly a: Process;
  readonly b: Process;
  readonly c: Process;
  readonly second: Process;
  readonly joiner: Process;

  constructor() {
    const { metagroup } = this;
    const [a, b, c] = ['a', 'b', 'c'].map((node) => metagroup.start(node));
    if (a === undefined || b === undefined || c === undefined) throw new Error('three daemons');
    this.a = new Process(metagroup, a, 1);
    this.b = new Process(metagroup, b, 1);
    this.c = new Process(metagroup, c, 1);
    this.second = new Process(metagroup, c, 2);
    this.joiner = new Process(metagroup, c, 3);
    // Agreed results can be lost with the leader that has delivered them.
    const attributes = { defaultVote: 'approve', delivery: 'agreed' } as const;
    for (const process of [this.a, this.b, this.c, this.second]) {
      process.join({ instance: process === this.second ? 'y' : 'x', attributes });
      metagroup.settle();
    }
    const voting = { joinPhases: 'voting', failurePhases: 'voting' } as const;
    this.b.propose(1, { kind: 'attributes', attributes: voting });
    metagroup.settle();
  }

  get everybody(): readonly Process[] {
    return [this.a, this.b, this.c, this.second, this.joiner];
  }

  /** Only these daemons do something, until none of them can. */
  only(...nodes: readonly string[]): void {
    this.metagroup.settle((steps) => steps.find(({ name }) => nodes.includes(name.slice(0, 1))));
  }

  /** All that the others have to ask reaches the leader. */
  ask(): void {
    this.metagroup.settle((steps) => steps.find(({ name }) => /^[bc] asks$/.test(name)));
  }

  /** The open ballot of everybody on these nodes gets this vote. */
  vote(value: 'approve' | 'reject', ...nodes: readonly string[]): void {
    for (const process of this.everybody) {
      if (!nodes.includes(process.daemon.node) || process.isGone) continue;
      const asked = process.ballots(1).at(-1)?.protocol.id;
      const isCast = process.cast.some(({ protocol }) => protocol === asked);
      if (asked !== undefined && !isCast) process.vote(1, value);
    }
  }

  /** The leader is gone with all that nobody else has; the survivors approve whatever they are asked. */
  leaderDies(): void {
    this.metagroup.kill(this.a.daemon, 99);
    for (let phase = 0; phase < 6; phase += 1) {
      this.metagroup.settle();
      this.vote('approve', 'b', 'c');
    }
    this.metagroup.settle();
  }

  /** How protocols of this kind ended, as a survivor hears. */
  ends(kind: string): readonly Ended[] {
    return this.b.heard.filter(
      (it): it is Ended =>
        (it.kind === 'approved' || it.kind === 'rejected') && it.protocol.kind === kind,
    );
  }
}

const columns: Readonly<Record<string, (cell: Cell) => unknown>> = {
  join: ({ joiner }) => joiner.join({ instance: 'z' }),
  leave: ({ second }) => second.propose(1, { kind: 'leave' }, { phases: 'voting' }),
  expel: propose({ kind: 'expel', providers: ['c/y'] }),
  failure: ({ second }) => second.die(),
  state: propose({ kind: 'state', value: bytesOf('v') }),
  message: propose({ kind: 'voted-message', payload: bytesOf('m'), safe: false }),
  attributes: propose({ kind: 'attributes', attributes: { timeLimit: 1_000 } }),
};

function propose(proposed: Proposed): (cell: Cell) => unknown {
  return ({ b }) => b.propose(1, proposed, { phases: 'voting' });
}

const defaultOf = (provider: string) => ({ code: 'provider-failed', value: 'approve', provider });

interface Row {
  readonly event: string;
  readonly happens: (cell: Cell, begin: () => void) => void;
  /** Default votes that helped: whether the vote of the dead leader's own provider counts. */
  readonly causes: (kind: string) => readonly ReturnType<typeof defaultOf>[];
}

/** `external-layer.md` §3.13, the rows in which the leader dies. */
const rows: readonly Row[] = [
  {
    event: 'before START was multicast',
    happens: (cell, begin) => {
      cell.metagroup.flow(false);
      begin();
      cell.metagroup.settle();
    },
    // The new leader knows of its predecessor first; the process that failed has not voted on that.
    causes: (kind) => (kind === 'failure' ? [defaultOf('c/y')] : []),
  },
  {
    event: 'after START reached someone',
    happens: (cell, begin) => {
      begin();
      cell.ask();
      cell.only('a', 'c');
      cell.vote('approve', 'a', 'c');
      cell.only('a', 'c');
    },
    causes: () => [defaultOf('a/x')],
  },
  {
    event: 'after RESULT reached someone',
    happens: (cell, begin) => {
      begin();
      cell.metagroup.settle();
      cell.vote('approve', 'a', 'b', 'c');
      // The leader takes all votes, and c alone delivers what they decide.
      cell.ask();
      cell.only('a');
      cell.only('c');
    },
    causes: () => [],
  },
  {
    event: 'after RESULT left but reached nobody',
    happens: (cell, begin) => {
      begin();
      cell.metagroup.settle();
      cell.vote('reject', 'a');
      cell.vote('approve', 'b', 'c');
      // The leader takes all votes; the end of a removal is safe, so that it cannot deliver that alone.
      cell.metagroup.settle((steps) => steps.find(({ name }) => name.endsWith(' asks')));
    },
    causes: () => [defaultOf('a/x')],
  },
];

for (const { event, happens, causes } of rows) {
  for (const [kind, begin] of Object.entries(columns)) {
    test(`M14 M28: the leader dies ${event}: ${kind}`, () => {
      const cell = new Cell();
      const before = cell.ends(kind).length;
      happens(cell, () => begin(cell));
      cell.leaderDies();
      expect(violations(cell.metagroup, cell.everybody)).toEqual([]);
      const [end, ...more] = cell.ends(kind).slice(before);
      expect([end?.kind, end?.phases]).toEqual(['approved', 1]);
      expect(end?.causes ?? []).toEqual(causes(kind));
      // It ran once; the leader's own provider has a failure leave besides.
      expect(more.map(({ protocol }) => protocol.kind)).toEqual(kind === 'failure' ? [kind] : []);
      expect(cell.metagroup.leader?.engine.inspect().providers).not.toContain('a/x');
    });
  }
}
