import type { Proposed } from '@group-services/wire';
import { expect, test } from 'vitest';
import { violations } from './checks.js';
import { PerfectMetagroup } from './perfect-metagroup.js';
import { bytesOf, Process, textOf } from './processes.js';

/** A provider on each of three daemons, and what every one of them votes per phase. */
class Meeting {
  readonly metagroup = new PerfectMetagroup();
  readonly processes: Process[];
  readonly late: Process;
  readonly #answered = new Set<unknown>();

  constructor() {
    const nodes = ['a', 'b', 'c'];
    this.processes = nodes.map(
      (node) => new Process(this.metagroup, this.metagroup.start(node), 1),
    );
    for (const process of this.processes) {
      process.join({ instance: 'x', attributes: { defaultVote: 'approve' } });
      this.metagroup.settle();
    }
    const [, b] = this.processes;
    if (b === undefined) throw new Error('three processes');
    this.late = new Process(this.metagroup, b.daemon, 2);
    b.propose(1, {
      kind: 'attributes',
      attributes: { joinPhases: 'voting', failurePhases: 'voting' },
    });
    this.metagroup.settle();
  }

  get everybody(): readonly Process[] {
    return [...this.processes, this.late];
  }

  /** Each votes as soon as it is asked: to go on in phase 1, with riders, then to end it. */
  vote(): boolean {
    for (const process of this.everybody) {
      for (const ballot of process.heard) {
        if (ballot.kind !== 'ballot' || this.#answered.has(ballot)) continue;
        this.#answered.add(ballot);
        const message = `${process.daemon.node}${process.client} in ${ballot.phase}`;
        const value = ballot.phase === 1 ? 'continue' : 'approve';
        const state = ballot.phase === 1 ? undefined : 'voted';
        process.vote(ballot.handle, value, { message, state });
        return true;
      }
    }
    return false;
  }

  /** Steps in turns of all daemons and voters; how many were possible. */
  advance(count: number): number {
    for (let i = 0; i < count; i += 1) {
      const steps = this.metagroup.steps();
      const step = steps[i % Math.max(1, steps.length)];
      if (i % 3 === 0 && this.vote()) continue;
      if (step !== undefined) step.run();
      else if (!this.vote()) return i;
    }
    return count;
  }

  finish(): void {
    this.advance(10_000);
    this.metagroup.settle();
  }
}

const protocols: Readonly<Record<string, (meeting: Meeting) => void>> = {
  join: ({ late }) => late.join({ instance: 'y' }),
  leave: (it) => it.processes[2]?.propose(1, { kind: 'leave' }, { phases: 'voting' }),
  expel: (it) => propose(it, { kind: 'expel', providers: ['c/x'] }),
  failure: (it) => it.processes[2]?.die(),
  state: (it) => propose(it, { kind: 'state', value: bytesOf('first') }),
  message: (it) => propose(it, { kind: 'voted-message', payload: bytesOf('m'), safe: true }),
  attributes: (it) => propose(it, { kind: 'attributes', attributes: { timeLimit: 1 } }),
  barrier: (it) => propose(it, { kind: 'barrier' }),
};

function propose({ processes: [, b] }: Meeting, proposed: Proposed): void {
  b?.propose(1, proposed, { phases: 'voting' });
}

/** Of the protocol that was voted on: how it ended for this process, and with which riders. */
function ending(process: Process, kind: string): readonly string[] {
  return process.heard.flatMap((it) => {
    if (it.kind !== 'approved' || it.protocol.kind !== kind || it.phases === 0) return [];
    const riders = process.heard.flatMap((rider) =>
      rider.kind === 'rider' && rider.protocol === it.protocol.id ? [textOf(rider.payload)] : [],
    );
    return [`after ${it.phases}: ${[...riders].sort().join(', ')}`];
  });
}

for (const [kind, begin] of Object.entries(protocols)) {
  test(`M14 M18 M20: the leader may die at every boundary of a ${kind} that is voted on`, {
    timeout: 120_000,
  }, () => {
    const whole = new Meeting();
    begin(whole);
    const length = whole.advance(10_000);
    expect(length).toBeGreaterThan(20);
    expect(violations(whole.metagroup, whole.everybody)).toEqual([]);
    for (let point = 0; point <= length; point += 1) {
      for (const lost of [0, 99]) {
        const meeting = new Meeting();
        begin(meeting);
        meeting.advance(point);
        const { leader } = meeting.metagroup;
        if (leader !== undefined) meeting.metagroup.kill(leader, lost);
        meeting.finish();
        const where = `killed at step ${point}, ${lost} lost`;
        expect(violations(meeting.metagroup, meeting.everybody), where).toEqual([]);
        const [, b] = meeting.processes;
        if (b === undefined) throw new Error('b survives');
        // Two phases, whoever leads; the survivors' riders are shown once per phase.
        const [end = ''] = ending(b, kind);
        expect(end, where).toMatch(/^after 2: .*b1 in 1.*b1 in 2/);
        expect(end.match(/b1 in 1/g)?.length, where).toBe(1);
      }
    }
  });
}
