import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { addressTests } from './compliance/addresses.js';
import { closingTests } from './compliance/closing.js';
import { flowTests } from './compliance/flow.js';
import { frameTests } from './compliance/frames.js';
import { type ComplianceSubject, type TrackedSubject, track } from './compliance/harness.js';
import { streamTests } from './compliance/streams.js';

export type { ComplianceSubject } from './compliance/harness.js';

export interface ComplianceOptions {
  /** Names the implementation in the test report. */
  readonly name: string;
  /** What the links promise ({@link Transport.delivery}); 'stream' unless told otherwise. */
  readonly delivery?: 'stream' | 'datagram' | undefined;
  /** Called before each test. */
  readonly create: () => ComplianceSubject | Promise<ComplianceSubject>;
  /** Called after each test with what `create` gave; its listeners and links have been ended. */
  readonly destroy?: (subject: ComplianceSubject) => void | Promise<void>;
}

/**
 * Declares the tests that every {@link Transport} must pass, for use in a vitest file; those of order
 * and loss only for streams.
 *
 * They know nothing but the contract, wait only for events, and use no address of their own.
 */
export function transportCompliance(options: ComplianceOptions): void {
  const { name, create, destroy, delivery = 'stream' } = options;
  describe(`transport compliance: ${name}`, () => {
    const current: { readonly subject: ComplianceSubject; readonly tracked: TrackedSubject }[] = [];
    beforeEach(async () => {
      const subject = await create();
      current.push({ subject, tracked: track(subject) });
    });
    afterEach(async () => {
      for (const { subject, tracked } of current.splice(0)) {
        await tracked.end();
        await destroy?.(subject);
      }
    });
    const use = (): ComplianceSubject => {
      const [one] = current;
      if (one === undefined) throw new Error('the subject exists only within a test');
      return one.tracked;
    };
    describe('frames', () => frameTests(use));
    describe('flow control', () => flowTests(use));
    describe('closing', () => closingTests(use));
    describe('addresses', () => addressTests(use));
    it('says what its links promise', () => {
      expect([use().here.delivery, use().there.delivery]).toEqual([delivery, delivery]);
    });
    if (delivery === 'datagram') return;
    describe('streams', () => streamTests(use));
  });
}
