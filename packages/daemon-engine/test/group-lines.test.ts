import type { DaemonId, GroupName } from '@group-services/core';
import type { FromClient } from '@group-services/wire';
import { expect, it } from 'vitest';
import type { PermissionRule } from '../src/index.js';
import { SmallDomain } from './small-domain.js';

/** Lines of the log about a group say where in it the daemon is, all under the same names. */

const GROUP = 'billing' as GroupName;
const BYTES = Uint8Array.of(7);

function join(instance: string): FromClient {
  const attributes = { defaultVote: 'approve' } as const;
  return {
    kind: 'join',
    request: 1,
    handle: 1,
    group: GROUP,
    instance,
    attributes,
    timeout: 30_000,
  };
}

/** A daemon each for two providers; the first one leads. */
function twoProviders() {
  const domain = new SmallDomain();
  const [a, b] = ['a', 'b'].map((name) => domain.start(name, 1)) as [DaemonId, DaemonId];
  for (const id of [a, b]) {
    domain.open(id, 1);
    domain.client(id, 1, join('p'));
    domain.advance(100);
  }
  return { domain, a, b };
}

/** Lines about the group, without what else they say. */
function places(domain: SmallDomain, id: DaemonId) {
  return domain
    .lines(id)
    .filter(({ fields }) => 'group' in fields)
    .map(({ event, fields: { group, generation, version, position, protocol } }) => ({
      event,
      ...{ group, generation, version, position, protocol },
    }));
}

it('a vote that is overdue names life, list, position and protocol', () => {
  const { domain, a } = twoProviders();
  const proposed = { kind: 'state', value: BYTES } as const;
  const voted = { kind: 'propose', request: 2, handle: 1, phases: 'voting', proposed } as const;
  domain.client(a, 1, { ...voted, timeLimit: 1_000 });
  domain.advance(600);
  const [said] = places(domain, a).filter(({ event }) => event === 'vote-overdue');
  expect(said).toMatchObject({ group: GROUP, version: 2, position: expect.any(Number) });
  expect(said?.protocol).toBe(`${said?.generation}.${said?.position}`);
});

it('what a daemon says of a vote that is not permitted names its protocol', () => {
  const { domain, b } = twoProviders();
  const rules: PermissionRule[] = [{ principals: ['*'], groups: ['*'], allow: ['provide'] }];
  domain.tell(b, { kind: 'permissions', permissions: { file: 'permissions.yaml', rules } });
  const vote = { kind: 'vote', handle: 1, protocol: '1.9', phase: 1, value: 'approve' } as const;
  domain.client(b, 1, { ...vote, stateValue: BYTES });
  expect(places(domain, b).at(-1)).toMatchObject({
    event: 'a vote with riders that are not permitted',
    group: GROUP,
    version: 2,
    protocol: '1.9',
  });
});

it('lists are told by the leader and known to the others, the end by whom it meets', () => {
  const { domain, a, b } = twoProviders();
  const lists = (id: DaemonId) =>
    domain
      .lines(id)
      .filter(({ event }) => event === 'a list of daemons came into force')
      .map(({ level, fields: { version, cause, daemons } }) => ({
        level,
        version,
        cause,
        daemons,
      }));
  domain.kill(b);
  domain.advance(2_000);
  expect(lists(a)).toEqual([
    { level: 'info', version: 1, cause: 'join', daemons: 1 },
    { level: 'info', version: 2, cause: 'join', daemons: 2 },
    { level: 'info', version: 3, cause: 'failure', daemons: 1 },
  ]);
  domain.client(a, 1, { kind: 'reset', request: 3, group: GROUP });
  domain.advance(100);
  const said = places(domain, a).slice(-2);
  expect(said).toMatchObject([
    { event: 'group reset asked for', version: 3 },
    { event: 'membership ended', version: 3 },
  ]);
  expect(new Set(places(domain, a).map(({ generation }) => generation)).size).toBe(1);
});

it('of a group that is unknown here its name is said, and nothing made up', () => {
  const { domain, a } = twoProviders();
  domain.client(a, 1, { kind: 'reset', request: 3, group: 'elsewhere' as GroupName });
  expect(domain.lines(a).at(-1)?.fields).toEqual({ group: 'elsewhere', by: 'client 1' });
});
