import { test as plain } from 'vitest';
import { type DomainOptions, TestDomain } from './domain.js';
import { Workbench } from './workbench.js';

interface Fixtures {
  /** Three daemons, n1 to n3, that all tests of a file share; none of them may come to harm. */
  readonly domain: TestDomain;
  readonly sharedBench: { readonly bench: Workbench; readonly domain: TestDomain };
  /** A folder and processes that end with the test, whatever comes of it. */
  readonly bench: Workbench;
  /** A domain of which nothing runs yet. */
  readonly prepareDomain: (options?: DomainOptions) => TestDomain;
  /** Starts a domain; three daemons, n1 to n3, unless told otherwise. */
  readonly startDomain: (options?: DomainOptions) => Promise<TestDomain>;
}

/** Tests over real processes. What the programs printed is shown only when a test fails. */
export const test = plain.extend<Fixtures>({
  sharedBench: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs from this pattern.
    async ({}, use) => {
      const bench = await Workbench.create();
      try {
        const domain = new TestDomain(bench, {});
        await domain.start();
        await use({ bench, domain });
      } finally {
        await bench.destroy();
      }
    },
    { scope: 'file' },
  ],
  domain: async ({ sharedBench: { bench, domain }, onTestFailed }, use) => {
    onTestFailed(() => void process.stderr.write(`\n${bench.transcript()}\n`));
    try {
      await use(domain);
    } finally {
      await domain.close();
    }
  },
  bench: async ({ onTestFailed }, use) => {
    const bench = await Workbench.create();
    onTestFailed(() => void process.stderr.write(`\n${bench.transcript()}\n`));
    try {
      await use(bench);
    } finally {
      await bench.destroy();
    }
  },
  prepareDomain: async ({ bench }, use) => {
    const domains: TestDomain[] = [];
    try {
      await use((options = {}) => {
        const domain = new TestDomain(bench, options);
        domains.push(domain);
        return domain;
      });
    } finally {
      // First the programs: a paused daemon would confirm no client's close.
      await bench.killAll();
      await Promise.all(domains.map((domain) => domain.close()));
    }
  },
  startDomain: async ({ prepareDomain }, use) => {
    await use(async (options) => {
      const domain = prepareDomain(options);
      await domain.start();
      return domain;
    });
  },
});
