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
  'first-page-proposals.ts': '../README.md',
};
/** They follow a group for as long as their daemon lives. */
const endless: Readonly<Record<string, string>> = {
  'first-page.ts': '../README.md',
  'contract.ts': 'protocol/client-api.md',
};
/** Says something only when somebody else was first. */
const QUIET = 'first-page-proposals.ts';

let domain: TestDomain;
beforeAll(async () => {
  domain = await startDomain({ daemons: 1 });
});
afterAll(() => domain.stop());
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

function stands(name: string, guide: string): void {
  const code = readFileSync(new URL(name, folder), 'utf8');
  expect(readFileSync(new URL(guide, docs), 'utf8')).toContain(`\`\`\`ts\n${code}\`\`\`\n`);
}

/** What the listing says that finds its daemon in this domain. */
function heardFrom(its: TestDomain): readonly string[] {
  vi.stubEnv('GROUP_SERVICES_ENDPOINT', its.endpoint('n1'));
  const said: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((...words) => void said.push(format(...words)));
  return said;
}

it.each(Object.entries(guides))('runs %s, which stands in %s', async (name, guide) => {
  stands(name, guide);
  const said = heardFrom(domain);
  await import(new URL(name, folder).href);
  if (name !== QUIET) expect(said).not.toEqual([]);
  expect(said.join('\n')).not.toContain('undefined');
});

it.each(Object.entries(endless))(
  'runs %s, which stands in %s, until its daemon ends',
  async (name, guide) => {
    stands(name, guide);
    const own = await startDomain({ daemons: 1 });
    const said = heardFrom(own);
    const running = import(new URL(name, folder).href);
    await vi.waitFor(() => expect(said.join()).toContain('n1/'), { timeout: 60_000 });
    await own.stop();
    await running;
  },
  120_000,
);

it('leaves out no listing and no guide', () => {
  const all = { ...guides, ...endless };
  expect(readdirSync(folder).sort()).toEqual(Object.keys(all).sort());
  const written = readdirSync(new URL('coming-from/', docs)).map((name) => `coming-from/${name}`);
  expect(Object.values(guides)).toEqual(expect.arrayContaining(written));
  for (const guide of [...Object.values(all), 'LIMITS.md', 'OPERATIONS.md', 'SECURITY.md']) {
    const text = readFileSync(new URL(guide, docs), 'utf8');
    const listings = Object.values(all).filter((each) => each === guide).length;
    // The test of the cookbook has one more of the first page.
    const others = guide === '../README.md' ? 1 : 0;
    expect(text.match(/```ts\n/g) ?? []).toHaveLength(listings + others);
  }
});
