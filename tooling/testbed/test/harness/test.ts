import { test as plain } from 'vitest';
import { Domain, type DomainOptions, NAME_SERVER } from '../../src/domain/domain.js';
import { missingRequirement, Testbed } from '../../src/index.js';

/** The nodes of every domain; daemons start on them in this order, so the first one leads. */
export const NODES = ['n1', 'n2', 'n3'] as const;

const missing = await missingRequirement();

/** True where no testbed can be made; every test file says so by skipped tests. */
export const cannotRun: boolean = missing !== undefined;
if (missing !== undefined) console.log(`testbed: skipped, ${missing}`);

interface Fixtures {
  /** The name server's host and one for each node; all tests of a file share it. */
  readonly sharedBed: Testbed;
  /** The domain that the tests of a file share, from the first that asks for it on. */
  readonly kept: { domain?: Domain | undefined };
  /** The same without faults and programs. */
  readonly bed: Testbed;
  /** Starts a domain on the testbed; it ends with the test. */
  readonly startDomain: (options: Omit<DomainOptions, 'bed'>) => Promise<Domain>;
  /** A domain that is shared as long as every test leaves it whole, by `comesTogether`. */
  readonly shareDomain: (options: Omit<DomainOptions, 'bed'>) => Promise<SharedDomain>;
}

/** A shared domain, and its nodes by the age of their members: the first one leads. */
export interface SharedDomain {
  readonly bed: Testbed;
  readonly domain: Domain;
  readonly nodes: readonly [string, string, string];
}

/** Tests over a testbed. What the programs printed is shown only when a test fails. */
export const test = plain.extend<Fixtures>({
  sharedBed: [
    // biome-ignore lint/correctness/noEmptyPattern: vitest reads the names of what a fixture needs from this pattern.
    async ({}, use) => {
      const bed = await Testbed.create({ hosts: [NAME_SERVER, ...NODES] });
      try {
        await use(bed);
      } finally {
        await bed.close();
      }
    },
    { scope: 'file' },
  ],
  kept: [
    // biome-ignore lint/correctness/noEmptyPattern: as above.
    async ({}, use) => await use({}),
    { scope: 'file' },
  ],
  bed: async ({ sharedBed, kept, onTestFailed }, use) => {
    onTestFailed(() => void process.stderr.write(`\n${sharedBed.transcript()}\n`));
    if (kept.domain !== undefined) await sharedBed.reset();
    kept.domain = undefined;
    try {
      await use(sharedBed);
    } finally {
      await sharedBed.reset();
    }
  },
  startDomain: async ({ bed }, use) => {
    const domains: Domain[] = [];
    try {
      await use(async (options) => {
        const domain = await Domain.start({ ...options, bed }, NODES);
        domains.push(domain);
        return domain;
      });
    } finally {
      for (const domain of domains) await domain.close();
    }
  },
  shareDomain: async ({ sharedBed: bed, kept, onTestFailed }, use) => {
    onTestFailed(() => void process.stderr.write(`\n${bed.transcript()}\n`));
    await use(async (options) => {
      if (kept.domain?.isWhole !== true) {
        await bed.reset();
        kept.domain = await Domain.start({ ...options, bed }, NODES);
      }
      const domain = kept.domain;
      domain.begins();
      return { bed, domain, nodes: domain.byAge() };
    });
  },
});
