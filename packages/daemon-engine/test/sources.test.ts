import type { DaemonId, GroupName } from '@group-services/core';
import type { ToClient } from '@group-services/wire';
import { expect, it } from 'vitest';
import { SourceHold } from '../src/source-hold.js';
import { SmallDomain } from './small-domain.js';

type Held = ConstructorParameters<typeof SourceHold>;

/** Two daemons; process 1 of each provides `db` and, where it can, `app`, which depends on it. */
function twoDaemons(how: { voted?: boolean } = {}) {
  const domain = new SmallDomain();
  const [a, b] = [domain.start('a', 1), domain.start('b', 1)];
  for (const id of [a, b]) {
    domain.open(id, 1);
    join(domain, id, { handle: 1, group: 'db' });
  }
  const attributes = {
    source: 'db' as GroupName,
    ...(how.voted && { castOutPhases: { exactly: 1 } as const }),
  };
  join(domain, a, { handle: 2, group: 'app', attributes });
  join(domain, b, { handle: 2, group: 'app' });
  return { domain, a, b };
}

function join(
  domain: SmallDomain,
  id: DaemonId,
  {
    handle,
    group,
    client = 1,
    attributes = {},
  }: { handle: number; group: string; client?: number; attributes?: object },
): void {
  const name = group as GroupName;
  domain.client(id, client, {
    kind: 'join',
    request: handle,
    handle,
    group: name,
    attributes,
    timeout: 0,
  });
  domain.advance(200);
}

const removalOf = (heard: readonly ToClient[], handle: number) =>
  heard.find((said) => said.kind === 'removed' && said.handle === handle);

const shown = (heard: readonly ToClient[]) =>
  heard.flatMap((said) =>
    said.kind === 'approved' && said.membership !== undefined
      ? said.membership.left.map(({ provider, reason }) => `${said.handle}: ${provider} ${reason}`)
      : [],
  );

it('refuses who would provide a target group without its source (B12)', () => {
  const { domain, a } = twoDaemons();
  const c = domain.start('c', 1);
  domain.open(c, 1);
  join(domain, c, { handle: 1, group: 'app' });
  join(domain, c, { handle: 2, group: 'app', attributes: { source: 'db' } });
  join(domain, c, { handle: 3, group: 'db' });
  join(domain, c, { handle: 4, group: 'app' });
  const heard = domain.heard(c, 1);
  const refused = heard.flatMap((it) => (it.kind === 'refused' ? [[it.request, it.code]] : []));
  expect(refused).toEqual([
    [1, 'UNAVAILABLE'],
    [2, 'UNAVAILABLE'],
  ]);
  expect(heard.some((it) => it.kind === 'joined' && it.handle === 4)).toBe(true);
  expect(domain.engine(a).inspect().groups).toHaveLength(2);
});

it('refuses a group that depends on itself (B12)', () => {
  const { domain, a } = twoDaemons();
  join(domain, a, { handle: 3, group: 'ring', attributes: { source: 'ring' } });
  expect(domain.heard(a, 1).at(-1)).toMatchObject({ kind: 'refused', code: 'UNAVAILABLE' });
});

it('casts out whoever stays behind when the last provider of the source leaves (B12)', () => {
  const { domain, a, b } = twoDaemons();
  domain.open(b, 2);
  join(domain, b, { handle: 1, group: 'app', client: 2 });
  const proposed = { kind: 'leave' } as const;
  domain.client(b, 1, { kind: 'propose', request: 9, handle: 1, phases: 1, proposed });
  domain.advance(200);
  for (const [client, handle] of [
    [1, 2],
    [2, 1],
  ] as const) {
    expect(removalOf(domain.heard(b, client), handle)).toMatchObject({ reason: 'cast-out' });
  }
  // Both by one protocol, after the change of the source.
  const [first, ...others] = shown(domain.heard(a, 1));
  expect(first).toMatch(/^1: b\/\S+ leave$/);
  expect(others).toEqual([
    expect.stringMatching(/^2: b\/\S+ cast-out$/),
    expect.stringMatching(/^2: b\/\S+ cast-out$/),
  ]);
  const removals = domain
    .heard(a, 1)
    .filter((it) => it.kind === 'approved' && it.membership?.left.length === 2);
  expect(removals).toHaveLength(1);
});

it('asks the others first, where the group wants it (B12)', () => {
  const { domain, a, b } = twoDaemons({ voted: true });
  domain.client(b, 1, { kind: 'goodbye', request: 9, handle: 1 });
  domain.advance(200);
  const ballot = domain.heard(a, 1).find((it) => it.kind === 'ballot');
  expect(ballot).toMatchObject({ handle: 2, phase: 1, leaving: [{ reason: 'cast-out' }] });
  expect(removalOf(domain.heard(b, 1), 2)).toBeUndefined();
  if (ballot?.kind !== 'ballot') return;
  const { protocol, phase } = ballot;
  domain.client(a, 1, { kind: 'vote', handle: 2, protocol: protocol.id, phase, value: 'reject' });
  domain.advance(200);
  expect(removalOf(domain.heard(b, 1), 2)).toMatchObject({ reason: 'cast-out' });
});

it('shows a removal no earlier than what it follows in the source, and not for ever', () => {
  const world = { now: 0, options: { suspectAfterMs: 100 } };
  const pressed: boolean[] = [];
  const awaited = { source: 'db', mark: undefined, daemons: new Set() };
  const session = {
    processGroup: { awaits: (body: Uint8Array) => (body.length > 0 ? awaited : undefined) },
    press: (_: string, on: boolean) => pressed.push(on),
  };
  let behind: ReturnType<Held[2]> = 'yes';
  // What it needs of them and no more.
  const hold = new SourceHold(...([world, session, () => behind] as unknown as Held));
  const [other, removal] = [new Uint8Array(0), new Uint8Array(1)];
  expect(hold.holds(other)).toBe(false);
  expect(hold.holds(removal)).toBe(true);
  expect([hold.mayGoOn, hold.until, pressed]).toEqual([false, 400, [true]]);
  world.now = 400;
  expect(hold.mayGoOn).toBe(true);
  expect(hold.holds(removal)).toBe(false);
  // What is certain to come has no limit.
  behind = 'surely';
  expect(hold.holds(removal)).toBe(true);
  world.now = 9_000;
  expect(hold.mayGoOn).toBe(false);
  behind = 'no';
  expect(hold.mayGoOn).toBe(true);
  expect(hold.holds(removal)).toBe(false);
  expect(pressed).toEqual([true, false, true, false]);
});
