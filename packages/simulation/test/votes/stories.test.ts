import { describe, expect, test } from 'vitest';
import { Barrier } from '../../src/checkers/barrier.js';
import { OneOutcome } from '../../src/checkers/one-outcome.js';
import { Outcome } from '../../src/checkers/outcome.js';
import { PhaseCount } from '../../src/checkers/phase-count.js';
import { ProposedState } from '../../src/checkers/proposed-state.js';
import { Riders } from '../../src/checkers/riders.js';
import { Voters } from '../../src/checkers/voters.js';
import { riderOf, VIEW, VotingScene, voted } from './scene.js';

describe('outcome', () => {
  const scene = (): VotingScene => new VotingScene(new Outcome()).ballot('ab', 1);

  test('approved although one rejected, or voted to continue', () => {
    for (const value of ['reject', 'continue'] as const) {
      const wrong = scene().votes('a', 1, 'approve').votes('b', 1, value).approved('ab', 1);
      expect(() => wrong.finish()).toThrow(new RegExp(`b#1: approved although it voted ${value}`));
    }
    scene().votes('ab', 1, 'approve').approved('ab', 1).finish();
  });

  test('a default vote is named, and has the value in force', () => {
    const silent = scene().votes('a', 1, 'approve').approved('ab', 1);
    expect(() => silent.finish()).toThrow(/b#1: approved without a vote of it/);
    const late = { code: 'time-limit', value: 'approve', provider: 'n1/b' } as const;
    const other = new VotingScene(new Outcome()).ballot('ab', 1, { timeLeft: 9 });
    other.votes('a', 1, 'approve').approved('ab', 1, { causes: [late] });
    expect(() => other.finish()).toThrow(/the default vote was approve, in force was reject/);
    const unlimited = scene()
      .votes('a', 1, 'approve')
      .approved('ab', 1, { causes: [late] });
    expect(() => unlimited.finish()).toThrow(/late where there is no limit/);
  });

  test('rejected for no reason, or for one that is not true', () => {
    const none = scene().votes('ab', 1, 'approve').rejected('ab', 1);
    expect(() => none.finish()).toThrow(/rejected for no reason/);
    const causes = [voted('reject', 'b')];
    const untrue = scene().votes('ab', 1, 'approve').rejected('ab', 1, { causes });
    expect(() => untrue.finish()).toThrow(/n1\/b is said to have voted reject, and did not/);
    const alive = { code: 'provider-failed', value: 'reject', provider: 'n1/b' } as const;
    const failed = scene()
      .votes('ab', 1, 'approve')
      .rejected('b', 1, { causes: [alive] });
    expect(() => failed.finish()).toThrow(/b#1: is said to have failed/);
    const hidden = scene().votes('ab', 1, 'reject').rejected('ab', 1, { causes });
    expect(() => hidden.finish()).toThrow(/a#1: rejected without naming its vote/);
  });

  test('a next phase that nobody asked for, or in spite of a vote to reject', () => {
    const causes = [voted('continue', 'b')];
    const alone = scene().votes('ab', 1, 'approve').ballot('ab', 2, { causes }).approved('ab', 2);
    expect(() => alone.finish()).toThrow(/because of n1\/b, who did not continue/);
    const passed = scene().votes('a', 1, 'reject').votes('b', 1, 'continue');
    passed.ballot('ab', 2, { causes }).votes('ab', 2, 'approve').approved('ab', 2);
    expect(() => passed.finish()).toThrow(/a#1: phase 2 is shown although it voted reject/);
  });
});

describe('barrier', () => {
  const causes = [voted('continue', 'a')];

  test('the next phase or the end before everybody has voted', () => {
    const early = new VotingScene(new Barrier()).ballot('ab', 1).votes('a', 1, 'continue');
    early.ballot('a', 2, { causes }).votes('b', 1, 'approve').ballot('b', 2, { causes });
    early.votes('ab', 2, 'approve').approved('ab', 2);
    expect(() => early.finish()).toThrow(/a#1 is shown what follows phase 1 of 5\.5 before b#1/);
    const end = new VotingScene(new Barrier()).ballot('ab', 1, { timeLeft: 9 });
    end.votes('a', 1, 'approve').approved('a', 1).votes('b', 1, 'approve').approved('b', 1);
    expect(() => end.finish()).toThrow(/barrier: a#1 is shown/);
  });

  test('a phase that does not wait where there is no limit', () => {
    const scene = new VotingScene(new Barrier()).ballot('ab', 1).votes('a', 1, 'reject');
    scene.rejected('ab', 1, { causes: [voted('reject', 'a')] });
    expect(() => scene.finish()).toThrow(/phase 1 of 5\.5 of g is over without b#1/);
  });
});

describe('one-outcome', () => {
  test('another end, another number of phases, another ballot', () => {
    const scene = (): VotingScene => new VotingScene(new OneOutcome()).ballot('ab', 1);
    const ends = scene().approved('a', 1).rejected('b', 1);
    expect(() => ends.finish()).toThrow(/outcome of 5\.5 of g is approved at a#1 and rejected/);
    const phases = scene().approved('a', 1).approved('b', 2);
    expect(() => phases.finish()).toThrow(/result of 5\.5/);
    const ballots = new VotingScene(new OneOutcome()).ballot('a', 1);
    ballots.ballot('b', 1, { defaultVote: 'approve' }).approved('ab', 1);
    expect(() => ballots.finish()).toThrow(/ballot 1 of 5\.5/);
    const joiners = new VotingScene(new OneOutcome()).joining('c').joining('d');
    joiners.ballot('c', 1, { group: { view: VIEW, stateValue: null } });
    joiners.ballot('d', 1, { group: { view: VIEW, stateValue: riderOf('a', 1) } });
    joiners.rejected('cd', 1);
    expect(() => joiners.finish()).toThrow(/group of ballot 1 of 5\.5/);
  });

  test('a joiner that is asked anew after its daemon was out has seen no end of the first join', () => {
    const protocol = { id: '5.7', kind: 'join' as const, proposer: 'n1/c' };
    const snapshot = { view: VIEW, stateValue: null, position: 8, protocol };
    const scene = new VotingScene(new OneOutcome()).joining('c').ballot('abc', 1).rejected('ab', 1);
    scene.joined('c', { snapshot }).finish();
    const same = { ...snapshot, protocol: { ...protocol, id: '5.5' } };
    const wrong = new VotingScene(new OneOutcome()).joining('c').ballot('abc', 1);
    wrong.rejected('ab', 1).joined('c', { snapshot: same });
    expect(() => wrong.finish()).toThrow(/outcome of 5\.5 of g is approved at c#1 and rejected/);
  });

  test('what a lost daemon alone has shown proves nothing', () => {
    const scene = new VotingScene(new OneOutcome()).ballot('ab', 1).approved('a', 1);
    scene.rejected('b', 1).hears('a', { kind: 'removed', handle: 1, position: 9, reason: 'quit' });
    scene.finish();
  });
});

describe('voters', () => {
  test('a provider that is passed over, and one that is to be expelled', () => {
    const left = new VotingScene(new Voters()).ballot('a', 1).approved('ab', 1);
    expect(() => left.finish()).toThrow(/b#1 in 5\.5 of g: is asked in 0 of 1 phases/);
    const leaving = [{ provider: 'n1/b', reason: 'expel' as const }];
    const target = new VotingScene(new Voters()).ballot('ab', 1, { leaving }).approved('ab', 1);
    expect(() => target.finish()).toThrow(/b#1 .* is to be expelled/);
  });

  test('a joiner that is asked where joiners do not vote', () => {
    const protocol = { id: '5.5', kind: 'join' as const, proposer: 'n1/c' };
    const asked = { protocol, joining: ['n1/c'] };
    const scene = new VotingScene(new Voters(), { joinersVote: false }).joining('c');
    scene.ballot('abc', 1, asked).approved('ab', 1, { protocol });
    scene.joined('c', { snapshot: { view: VIEW, stateValue: null, position: 10, protocol } });
    expect(() => scene.finish()).toThrow(/joiners do not vote, and c#1 is asked in 1 phases/);
  });
});

describe('riders', () => {
  const given = riderOf('a', 1);
  const scene = (): VotingScene =>
    new VotingScene(new Riders()).ballot('ab', 1).votes('a', 1, 'approve', { message: given });

  test('one that is lost, shown to one alone, doubled or made up', () => {
    const lost = scene().approved('ab', 1);
    expect(() => lost.finish()).toThrow(/a#1: its own rider of phase 1 is not shown/);
    const alone = scene().rider('a', 'a', given).approved('ab', 1);
    expect(() => alone.finish()).toThrow(/riders of phase 1 are/);
    const twice = scene().rider('a', 'a', given).rider('a', 'a', given).approved('a', 1);
    expect(() => twice.finish()).toThrow(/shown twice/);
    const made = scene().rider('a', 'a', given).rider('a', 'b', riderOf('b', 1)).approved('a', 1);
    expect(() => made.finish()).toThrow(/n1\/b gave no such rider in phase 1/);
    scene().rider('ab', 'a', given).approved('ab', 1).finish();
  });

  test('one that is shown with another phase than its own', () => {
    const late = scene().rider('a', 'a', given).ballot('a', 2).rider('a', 'a', given);
    expect(() => late.approved('a', 2).finish()).toThrow(/gave no such rider in phase 2/);
  });
});

describe('proposed-state', () => {
  const value = riderOf('a', 1);

  test('a value that nobody proposed, and one that is not replaced', () => {
    const scene = (): VotingScene => new VotingScene(new ProposedState()).ballot('ab', 1);
    const made = scene().votes('ab', 1, 'approve');
    // A result that changes something is safe, and confirms itself.
    expect(() => made.approved('a', 1, { state: { value } })).toThrow(/which nobody proposed/);
    const kept = scene().votes('a', 1, 'approve', { stateValue: value }).approved('ab', 1);
    expect(() => kept.finish()).toThrow(/although its vote replaced it/);
    const good = scene().votes('a', 1, 'approve', { stateValue: value });
    good.approved('ab', 1, { state: { value } }).finish();
  });
});

describe('phase-count', () => {
  test('another number of phases than was asked for', () => {
    const scene = new VotingScene(new PhaseCount());
    const asked = { phases: { exactly: 2 }, proposed: { kind: 'barrier' as const } };
    scene.says('a', { kind: 'propose', request: 2, handle: 1, ...asked }).ballot('ab', 1);
    scene.approved('a', 1, { request: 2 });
    expect(() => scene.finish()).toThrow(/phase-count: 5\.5 of g at a#1: 1 phases for/);
  });

  test('a join without a vote where joins are voted on, and a phase beyond the limit', () => {
    const protocol = { id: '5.5', kind: 'join' as const, proposer: 'n1/c' };
    const unasked = new VotingScene(new PhaseCount(), { joinPhases: 'voting' });
    expect(() => unasked.approved('ab', 0, { protocol }).finish()).toThrow(/0 phases for "voting"/);
    const endless = new VotingScene(new PhaseCount(), { joinPhases: 'voting', maxPhases: 1 });
    endless.ballot('ab', 1, { protocol }).ballot('ab', 2, { protocol });
    expect(() => endless.approved('ab', 2, { protocol }).finish()).toThrow(/2 phases/);
  });
});
