import { readdirSync, readFileSync } from 'node:fs';
import { format } from 'node:util';
import { startDomain, type TestDomain } from '@group-services/testing';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';

// The listings of the guides are programs as well: type-checked with this package, and run here against a
// domain in memory, as those of the cookbook are.

const docs = new URL('../../../docs/', import.meta.url);
const folder = new URL('./reference/', import.meta.url);

const guides: Readonly<Record<string, string>> = {
  'concepts.ts': 'CONCEPTS.md',
  'getting-started.ts': 'GETTING-STARTED.md',
  'from-zookeeper.ts': 'coming-from/zookeeper.md',
  'from-etcd.ts': 'coming-from/etcd.md',
  'from-jgroups.ts': 'coming-from/jgroups.md',
  'from-corosync.ts': 'coming-from/corosync.md',
  'from-redis-locks.ts': 'coming-from/redis-locks.md',
};

let domain: TestDomain;
beforeAll(async () => {
  domain = await startDomain({ daemons: 1 });
});
afterAll(() => domain.stop());
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

it.each(Object.entries(guides))('runs %s, which stands in %s', async (name, guide) => {
  const code = readFileSync(new URL(name, folder), 'utf8');
  expect(readFileSync(new URL(guide, docs), 'utf8')).toContain(`\`\`\`ts\n${code}\`\`\`\n`);
  vi.stubEnv('GROUP_SERVICES_ENDPOINT', domain.endpoint('n1'));
  const said: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...words) => void said.push(format(...words)));
  await import(new URL(name, folder).href);
  expect(said).not.toEqual([]);
  expect(said.join('\n')).not.toContain('undefined');
});

it('leaves out no listing and no guide', () => {
  expect(readdirSync(folder).sort()).toEqual(Object.keys(guides).sort());
  const written = readdirSync(new URL('coming-from/', docs)).map((name) => `coming-from/${name}`);
  expect(Object.values(guides)).toEqual(expect.arrayContaining(written));
  for (const guide of [...Object.values(guides), 'LIMITS.md']) {
    const text = readFileSync(new URL(guide, docs), 'utf8');
    const listings = Object.values(guides).filter((each) => each === guide).length;
    expect(text.match(/```ts\n/g) ?? []).toHaveLength(listings);
  }
});
