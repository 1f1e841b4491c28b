import { describe, expect } from 'vitest';
import { multicast } from '../src/domain/transports.js';
import { domainSuite } from './harness/suite.js';
import { cannotRun, NODES, test } from './harness/test.js';

domainSuite(multicast);

describe.skipIf(cannotRun)('multicast', () => {
  test('M14: what all members get is sent to them once', async ({ bed, startDomain }) => {
    const domain = await startDomain({ transport: multicast });
    await domain.flow();
    const before = await bed.counters();
    await Promise.all(NODES.map((node) => domain.member(node).progress(30)));
    const after = await bed.counters();
    expect(after.multicast - before.multicast).toBeGreaterThan(30);
    await domain.comesTogether();
  });
});
