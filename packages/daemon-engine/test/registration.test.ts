import type { GroupName } from '@group-services/core';
import { LIMITS } from '@group-services/wire';
import { expect, it } from 'vitest';
import { SmallDomain } from './small-domain.js';

/** So many that their registration is no short one, with the longest names there can be. */
const GROUPS = 800;

/** As long as a name may be. */
function nameOf(number: number): GroupName {
  return `group-${number}-`.padEnd(LIMITS.groupName, 'x') as GroupName;
}

function inManyGroups() {
  const domain = new SmallDomain();
  const id = domain.start('a', 1);
  domain.open(id, 1);
  for (let number = 1; number <= GROUPS; number += 1) {
    const common = {
      kind: 'join' as const,
      request: number,
      handle: number,
      group: nameOf(number),
    };
    domain.client(id, 1, { ...common, attributes: {}, timeout: 60_000 });
  }
  domain.advance(2_000);
  return { domain, id };
}

it('M4: a daemon in hundreds of groups with long names registers again after a restart', () => {
  const { domain, id } = inManyGroups();
  const before = domain.nameServer.inspect(domain.now).groups;
  expect(before).toHaveLength(GROUPS);
  domain.restartNameServer();
  domain.advance(6_000);
  // The same lives go on, all of them, and nothing that travelled was too long for a frame.
  const after = domain.nameServer.inspect(domain.now).groups;
  const lives = (groups: typeof before) =>
    new Map(groups.map((one) => [one.group, one.generation]));
  expect(lives(after)).toEqual(lives(before));
  expect(domain.engine(id).inspect().groups).toHaveLength(GROUPS);
  expect(domain.largestFrame).toBeLessThan(LIMITS.frame / 4);
});

it('M4: a lease costs the same for hundreds of groups as for none, while nothing changes', () => {
  const { domain } = inManyGroups();
  domain.largestFrame = 0;
  domain.advance(6_000);
  expect(domain.largestFrame).toBeGreaterThan(0);
  expect(domain.largestFrame).toBeLessThan(100);
});

it('M29: a list of hundreds of groups arrives whole, in answers that fit', () => {
  const { domain, id } = inManyGroups();
  domain.open(id, 2);
  const names: string[] = [];
  let more: boolean | undefined = true;
  for (let request = 1; more === true; request += 1) {
    const after = names.at(-1);
    domain.client(id, 2, { kind: 'groups', request, ...(after !== undefined && { after }) });
    const answer = domain.heard(id, 2).at(-1);
    if (answer?.kind !== 'groups' || answer.groups.length === 0) throw new Error('no list');
    names.push(...answer.groups.map(({ group }) => group));
    more = answer.more;
  }
  expect(domain.heard(id, 2).length).toBeGreaterThan(1);
  const all = Array.from({ length: GROUPS }, (_, index) => nameOf(index + 1));
  expect(names).toEqual(all.sort((a, b) => (a < b ? -1 : 1)));
  expect(domain.largestFrame).toBeLessThan(LIMITS.frame / 4);
});

it('M4: who has lost hundreds of groups is told so in frames that fit', () => {
  const { domain, id } = inManyGroups();
  // Its registration is lost on the way, and the window closes: no group goes on.
  domain.lonely.add(id);
  domain.restartNameServer();
  domain.advance(4_000);
  expect(domain.nameServer.inspect(domain.now).groups).toEqual([]);
  domain.lonely.delete(id);
  domain.advance(4_000);
  const ended = domain.heard(id, 1).filter(({ kind }) => kind === 'removed');
  expect(ended).toHaveLength(GROUPS);
  expect(domain.largestFrame).toBeLessThan(LIMITS.frame / 4);
});
