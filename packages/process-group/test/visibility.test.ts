import type { Proposed, VoteValue } from '@group-services/wire';
import { expect, test } from 'vitest';
import { PerfectMetagroup } from './perfect-metagroup.js';
import { bytesOf, Process } from './processes.js';

type Who = 'provider' | 'target' | 'membership' | 'state';

/** Two providers, one that will join, leave or be expelled, and a subscriber of each kind. */
class Stage {
  readonly metagroup = new PerfectMetagroup();
  readonly provider: Process;
  readonly other: Process;
  readonly target: Process;
  readonly #subscribers: readonly [Process, Process];
  #heard = new Map<Process, number>();

  constructor(isTargetIn: boolean) {
    const [a, b, c] = ['a', 'b', 'c'].map((node) => this.metagroup.start(node));
    if (a === undefined || b === undefined || c === undefined) throw new Error('three daemons');
    this.provider = new Process(this.metagroup, a, 1);
    this.other = new Process(this.metagroup, b, 1);
    this.target = new Process(this.metagroup, c, 1);
    this.#subscribers = [new Process(this.metagroup, b, 8), new Process(this.metagroup, b, 9)];
    this.provider.join({ instance: 'x' });
    this.metagroup.settle();
    this.other.join({ instance: 'x' });
    this.metagroup.settle();
    const [membership, state] = this.#subscribers;
    membership.subscribe({ persistent: true, state: false });
    state.subscribe({ persistent: true, membership: false });
    if (isTargetIn) this.target.join({ instance: 'x' });
    this.metagroup.settle();
    const attributes = { joinPhases: 'voting', failurePhases: 'voting' } as const;
    this.provider.propose(1, { kind: 'attributes', attributes });
    this.metagroup.settle();
    for (const process of this.#everybody) this.#heard.set(process, process.heard.length);
  }

  get #everybody(): readonly Process[] {
    return [this.provider, this.other, this.target, ...this.#subscribers];
  }

  /** Whoever is asked votes this; nobody votes without a value. */
  vote(value: VoteValue | undefined, state?: string): void {
    this.metagroup.settle();
    if (value === undefined) return;
    for (const process of [this.provider, this.other, this.target]) {
      if (process.ballots(1).length > 0) process.vote(1, value, { state });
    }
    this.metagroup.settle();
  }

  /** The kinds of frames heard since the beginning of the scene. */
  heard(who: Who): string {
    const [membership, state] = this.#subscribers;
    const process = { provider: this.other, target: this.target, membership, state }[who];
    const kinds = process.heard.slice(this.#heard.get(process)).map(({ kind }) => kind);
    return kinds.filter((kind) => kind !== 'ballot').join(' ') || kinds.join(' ');
  }
}

interface Row {
  readonly event: string;
  readonly isTargetIn?: boolean;
  readonly act: (stage: Stage) => void;
  readonly vote?: VoteValue;
  /** A state value that rides on the votes. */
  readonly rider?: string;
  /** Of another provider, of the joiner, leaver or target, of the two subscribers. */
  readonly heard: readonly [string, string, string, string];
}

const join = (stage: Stage): number => stage.target.join({ instance: 'x' });
const leave = (stage: Stage): number =>
  stage.target.propose(1, { kind: 'leave' }, { phases: 'voting' });
const expel = (stage: Stage): number =>
  stage.provider.propose(1, { kind: 'expel', providers: ['c/x'] }, { phases: 'voting' });
const propose =
  (proposed: Proposed) =>
  (stage: Stage): number =>
    stage.provider.propose(1, proposed, { phases: 'voting' });
const state = propose({ kind: 'state', value: bytesOf('v') });
const voted = propose({ kind: 'voted-message', payload: bytesOf('m'), safe: false });

/** `external-layer.md` §3.14. The target of an expel has no vote, so it is not asked. */
const matrix: readonly Row[] = [
  { event: 'vote requested, join', act: join, heard: ['ballot', 'ballot', '', ''] },
  {
    event: 'vote requested, leave',
    isTargetIn: true,
    act: leave,
    heard: ['ballot', 'ballot', '', ''],
  },
  { event: 'vote requested, expel', isTargetIn: true, act: expel, heard: ['ballot', '', '', ''] },
  {
    event: 'vote requested, failure',
    isTargetIn: true,
    act: ({ target }) => target.die(),
    heard: ['ballot', '', '', ''],
  },
  { event: 'vote requested, state change', act: state, heard: ['ballot', '', '', ''] },
  {
    event: 'join approved',
    act: join,
    vote: 'approve',
    heard: ['approved', 'joined', 'approved', ''],
  },
  { event: 'join rejected', act: join, vote: 'reject', heard: ['rejected', 'rejected', '', ''] },
  {
    event: 'join refused by prescreen',
    act: ({ target }) => target.join({ instance: 'x', attributes: { delivery: 'agreed' } }),
    heard: ['', 'refused', '', ''],
  },
  {
    event: 'leave approved',
    isTargetIn: true,
    act: leave,
    vote: 'approve',
    heard: ['approved', 'removed', 'approved', ''],
  },
  {
    event: 'expel approved',
    isTargetIn: true,
    act: expel,
    vote: 'approve',
    heard: ['approved', 'removed', 'approved', ''],
  },
  {
    event: 'failure approved',
    isTargetIn: true,
    act: ({ target }) => target.die(),
    vote: 'approve',
    heard: ['approved', '', 'approved', ''],
  },
  {
    event: 'failure rejected, which removes all the same',
    isTargetIn: true,
    act: ({ target }) => target.die(),
    vote: 'reject',
    heard: ['rejected', '', 'approved', ''],
  },
  {
    event: 'join approved with a state value riding along',
    act: join,
    vote: 'approve',
    rider: 'v',
    heard: ['approved', 'joined approved', 'approved', 'approved'],
  },
  {
    event: 'leave approved with a state value riding along',
    isTargetIn: true,
    act: leave,
    vote: 'approve',
    rider: 'v',
    heard: ['approved', 'removed', 'approved', 'approved'],
  },
  {
    event: 'barrier rejected with a state value riding along',
    act: propose({ kind: 'barrier' }),
    vote: 'reject',
    rider: 'v',
    heard: ['rejected', '', '', ''],
  },
  {
    event: 'leave rejected',
    isTargetIn: true,
    act: leave,
    vote: 'reject',
    heard: ['rejected', 'rejected', '', ''],
  },
  {
    event: 'expel rejected',
    isTargetIn: true,
    act: expel,
    vote: 'reject',
    heard: ['rejected', 'rejected', '', ''],
  },
  {
    event: 'state change approved',
    act: state,
    vote: 'approve',
    heard: ['approved', '', '', 'approved'],
  },
  {
    event: 'attribute change approved',
    act: propose({ kind: 'attributes', attributes: { maxPhases: 7 } }),
    vote: 'approve',
    heard: ['approved', '', '', ''],
  },
  {
    event: 'barrier approved',
    act: propose({ kind: 'barrier' }),
    vote: 'approve',
    heard: ['approved', '', '', ''],
  },
  { event: 'state change rejected', act: state, vote: 'reject', heard: ['rejected', '', '', ''] },
  {
    event: 'provider message',
    act: ({ provider }) => provider.send(1, 'm'),
    heard: ['message', '', '', ''],
  },
  {
    event: 'provider message approved',
    act: voted,
    vote: 'approve',
    heard: ['approved', '', '', ''],
  },
  {
    event: 'provider message rejected',
    act: voted,
    vote: 'reject',
    heard: ['rejected', '', '', ''],
  },
  {
    event: 'proposal dropped',
    isTargetIn: true,
    act: ({ target }) =>
      target.propose(1, { kind: 'state', value: bytesOf('v'), ifState: bytesOf('w') }),
    heard: ['', 'refused', '', ''],
  },
  {
    event: 'subscriber comes and goes',
    act: ({ target, metagroup }) => {
      const handle = target.subscribe({ persistent: true });
      metagroup.settle();
      target.unsubscribe(handle);
    },
    heard: ['', 'subscribed done', '', ''],
  },
  {
    event: 'announcement',
    isTargetIn: true,
    act: ({ target }) => target.report('unresponsive'),
    heard: ['announcement', '', '', ''],
  },
  {
    event: 'announcement of who did not vote in time',
    isTargetIn: true,
    act: (stage) => {
      stage.provider.propose(1, { kind: 'barrier' }, { phases: 'voting', timeLimit: 100 });
      stage.metagroup.settle();
      stage.metagroup.advance(100);
    },
    heard: ['rejected announcement', 'rejected announcement', '', ''],
  },
];

for (const { event, isTargetIn = false, act, vote, rider, heard } of matrix) {
  test(`M31: ${event}`, () => {
    const stage = new Stage(isTargetIn);
    act(stage);
    stage.vote(vote, rider);
    const [provider, target, membership, stateOnly] = heard;
    expect({
      provider: stage.heard('provider'),
      target: stage.heard('target'),
      membership: stage.heard('membership'),
      state: stage.heard('state'),
    }).toEqual({ provider, target, membership, state: stateOnly });
  });
}
