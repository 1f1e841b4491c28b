import type { GroupName } from '@group-services/core';
import { expect, it } from 'vitest';
import type { TableRecord } from '../table.js';
import type { DecodedTable, LeadInput, LeadOutput } from './inputs.js';
import { LeadEngine } from './lead-engine.js';
import type { LeadAnswer, LeadRequest } from './requests.js';

const LEASE = 2_000;
const gone = (group: string): TableRecord => ({
  kind: 'gone',
  group: group as GroupName,
  generation: 1,
});

/** One instance, whose etcd is whoever writes the test. */
class Stage {
  now = 0;
  decoded: DecodedTable = { kind: 'empty' };
  readonly engine = new LeadEngine({
    self: 'me',
    leaseMs: LEASE,
    initial: { store: 'new store' },
    decode: () => this.decoded,
  });
  /** Questions without an answer, the oldest first. */
  readonly open: { readonly number: number; readonly request: LeadRequest }[] = [];
  readonly told: string[] = [];

  give(input: LeadInput): void {
    for (const output of this.engine.step(input, this.now)) this.#note(output);
  }

  /** Answers the oldest question, which is of that kind. */
  answer(kind: LeadRequest['kind'], answer: LeadAnswer): LeadRequest {
    const { number, request } = this.#take(kind);
    this.give({ kind: 'answered', number, answer });
    return request;
  }

  fail(kind: LeadRequest['kind']): void {
    this.give({ kind: 'failed', number: this.#take(kind).number, why: 'silence' });
  }

  /** Time passes; the engine is called when it wants to be. */
  pass(ms: number): void {
    const until = this.now + ms;
    while (this.engine.deadline() <= until) {
      this.now = Math.max(this.now, this.engine.deadline());
      this.give({ kind: 'deadlineReached' });
    }
    this.now = until;
  }

  get mayAnswer(): boolean {
    return this.engine.mayAnswer(this.now);
  }

  /** From the start to its own key. */
  campaign(): void {
    this.give({ kind: 'start' });
    this.answer('get', { kind: 'got', found: [undefined] });
    this.answer('grant', { kind: 'granted', lease: '7', ttlMs: LEASE });
    this.answer('transact', { kind: 'transacted', done: true, revision: '12', found: [] });
  }

  activate(): void {
    this.campaign();
    this.answer('read', { kind: 'contents', keys: [] });
    this.answer('transact', { kind: 'transacted', done: true, revision: '13', found: [] });
    expect(this.told.splice(0)).toContain('activated new store');
  }

  #take(kind: LeadRequest['kind']): { readonly number: number; readonly request: LeadRequest } {
    const at = this.open.findIndex(({ request }) => request.kind === kind);
    const [found] = at < 0 ? [] : this.open.splice(at, 1);
    if (found === undefined) throw new Error(`nobody asks to ${kind}`);
    return found;
  }

  #note(output: LeadOutput): void {
    if (output.kind === 'request') this.open.push(output);
    else if (output.kind === 'activated') this.told.push(`activated ${output.stored.store}`);
    else if (output.kind === 'deposed') this.told.push(`deposed: ${output.why}`);
    else if (output.kind !== 'log' && output.kind !== 'holder') this.told.push(output.kind);
  }
}

it('answers only with the lead, the table and a lease', () => {
  const stage = new Stage();
  stage.campaign();
  expect(stage.mayAnswer).toBe(false);
  expect(stage.open.map(({ request }) => request)).toEqual([
    { kind: 'read', consistency: 'linearizable' },
  ]);
  stage.answer('read', { kind: 'contents', keys: [] });
  expect(stage.mayAnswer).toBe(false);
  stage.answer('transact', { kind: 'transacted', done: true, revision: '13', found: [] });
  expect(stage.told).toEqual(['activated new store']);
  expect(stage.mayAnswer).toBe(true);
});

it('lets go of what another one has, and comes when the watch says that it is free', () => {
  const stage = new Stage();
  stage.give({ kind: 'start' });
  stage.answer('get', { kind: 'got', found: [undefined] });
  stage.answer('grant', { kind: 'granted', lease: '7', ttlMs: LEASE });
  const other = { key: 'active', value: 'other', created: '11', lease: '6' };
  stage.answer('transact', { kind: 'transacted', done: false, revision: '12', found: [other] });
  stage.answer('revoke', { kind: 'revoked' });
  stage.answer('get', { kind: 'got', found: [other] });
  expect(stage.open).toEqual([]);
  stage.give({ kind: 'holder', holder: undefined });
  stage.answer('get', { kind: 'got', found: [undefined] });
  expect(stage.open.map(({ request }) => request.kind)).toEqual(['grant']);
});

it('knows its key by the lease when nobody has said that it was made', () => {
  const stage = new Stage();
  stage.give({ kind: 'start' });
  stage.answer('get', { kind: 'got', found: [undefined] });
  stage.answer('grant', { kind: 'granted', lease: '7', ttlMs: LEASE });
  stage.fail('transact');
  stage.pass(100);
  const own = { key: 'active', value: 'me', created: '12', lease: '7' };
  stage.answer('transact', { kind: 'transacted', done: false, revision: '14', found: [own] });
  expect(stage.open.map(({ request }) => request.kind)).toEqual(['read']);
});

it('sends a change until it is known to be done, and counts a copy that came earlier', () => {
  const stage = new Stage();
  stage.activate();
  stage.give({ kind: 'write', records: [gone('g')] });
  stage.fail('transact');
  stage.pass(100);
  const [again] = stage.open.splice(0);
  if (again?.request.kind !== 'transact') throw new Error('it is sent again');
  expect(again.request.when[0]).toEqual({ key: 'active', created: '12' });
  const position = again.request.changes.find(({ key }) => key === 'position')?.value ?? '';
  const own = { key: 'active', value: 'me', created: '12', lease: '7' };
  const moved = { key: 'position', value: position, created: '13', lease: '0' };
  const answer = { kind: 'transacted', done: false, revision: '15', found: [own, moved] } as const;
  stage.give({ kind: 'answered', number: again.number, answer });
  expect(stage.told).toEqual(['written']);
});

it('is deposed by whoever has the key, and says nothing of what was not written', () => {
  const stage = new Stage();
  stage.activate();
  stage.give({ kind: 'write', records: [gone('g')] });
  const other = { key: 'active', value: 'other', created: '20', lease: '8' };
  const answer = { kind: 'transacted', done: false, revision: '21', found: [other, undefined] };
  stage.answer('transact', answer as LeadAnswer);
  expect(stage.told).toEqual(['deposed: another name server has taken the lead']);
  expect(stage.mayAnswer).toBe(false);
});

it('answers nothing when its lease may be over, however late it finds out', () => {
  const stage = new Stage();
  stage.activate();
  stage.give({ kind: 'write', records: [gone('g')] });
  const number = stage.open.find(({ request }) => request.kind === 'transact')?.number ?? 0;
  // A process that was paused: no deadline was served.
  stage.now += LEASE;
  expect(stage.mayAnswer).toBe(false);
  const done = { kind: 'transacted', done: true, revision: '14', found: [] } as const;
  stage.give({ kind: 'answered', number, answer: done });
  expect(stage.told).toEqual(['deposed: its lease may be over']);
});

it('lives as long as etcd hears it, and no longer', () => {
  const stage = new Stage();
  stage.activate();
  for (let sign = 0; sign < 20; sign += 1) {
    stage.pass(LEASE / 4);
    stage.answer('keepAlive', { kind: 'keptAlive', ttlMs: LEASE });
  }
  expect(stage.mayAnswer).toBe(true);
  stage.pass(LEASE / 4);
  stage.answer('keepAlive', { kind: 'keptAlive', ttlMs: 0 });
  expect(stage.told).toEqual(['deposed: its lease is over']);
});

it('counts a sign of life from when it was given, not from its answer', () => {
  const stage = new Stage();
  stage.activate();
  stage.pass(LEASE / 4);
  stage.now += LEASE / 2;
  stage.answer('keepAlive', { kind: 'keptAlive', ttlMs: LEASE });
  stage.now = LEASE / 4 + LEASE / 1.1 - 1;
  expect(stage.mayAnswer).toBe(true);
  stage.now += 1;
  expect(stage.mayAnswer).toBe(false);
});

it('hands over, lets others come first, and takes it back when nobody does', () => {
  const stage = new Stage();
  stage.activate();
  stage.give({ kind: 'stepDown' });
  expect(stage.told).toEqual(['deposed: an operator has asked it to step down']);
  stage.answer('revoke', { kind: 'revoked' });
  stage.answer('get', { kind: 'got', found: [undefined] });
  expect(stage.open).toEqual([]);
  stage.give({ kind: 'holder', holder: undefined });
  expect(stage.open).toEqual([]);
  for (let look = 0; look < 4; look += 1) {
    stage.pass(LEASE / 2);
    stage.answer('get', { kind: 'got', found: [undefined] });
  }
  expect(stage.open.map(({ request }) => request.kind)).toEqual(['grant']);
});

it('gives its lease back at the end, if etcd hears it', () => {
  const stage = new Stage();
  stage.activate();
  stage.give({ kind: 'close' });
  stage.answer('revoke', { kind: 'revoked' });
  expect(stage.told).toEqual(['closed']);
  expect(stage.engine.deadline()).toBe(Number.POSITIVE_INFINITY);
});

it('serves no table that is damaged', () => {
  const stage = new Stage();
  stage.decoded = { kind: 'damaged', text: 'store is missing' };
  stage.campaign();
  stage.answer('read', { kind: 'contents', keys: [] });
  expect(stage.told).toEqual(['unusable']);
  expect(stage.mayAnswer).toBe(false);
});
