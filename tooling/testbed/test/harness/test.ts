import { test as plain } from 'vitest';
import { missingRequirement, Testbed } from '../../src/index.js';
import { Domain, type DomainOptions, NAME_SERVER } from './domain.js';

/** The nodes of every domain; daemons start on them in this order, so the first one leads. */
export const NODES = ['n1', 'n2', 'n3'] as const;

const missing = await missingRequirement();

/** True where no testbed can be made; every test file says so by skipped tests. */
export const cannotRun: boolean = missing !== undefined;
if (missing !== undefined) console.log(`testbed: skipped, ${missing}`);

interface Fixtures {
  /** The name server's host and one for each node; all tests of a file share it. */
  readonly sharedBed: Testbed;
  /** The same without faults and programs. */
  readonly bed: Testbed;
  /** Starts a domain on the testbed; it ends with the test. */
  readonly startDomain: (options: Omit<DomainOptions, 'bed'>) => Promise<Domain>;
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
  bed: async ({ sharedBed, onTestFailed }, use) => {
    onTestFailed(() => void process.stderr.write(`\n${sharedBed.transcript()}\n`));
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
});
