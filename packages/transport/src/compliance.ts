import { afterEach, beforeEach, describe } from 'vitest';

import { addressTests } from './compliance/addresses.js';
import { closingTests } from './compliance/closing.js';
import { flowTests } from './compliance/flow.js';
import { frameTests } from './compliance/frames.js';
import { type ComplianceSubject, type TrackedSubject, track } from './compliance/harness.js';

export type { ComplianceSubject } from './compliance/harness.js';

export interface ComplianceOptions {
  /** Names the implementation in the test report. */
  readonly name: string;
  /** Called before each test. */
  readonly create: () => ComplianceSubject | Promise<ComplianceSubject>;
  /** Called after each test with what `create` gave; its listeners and links have been ended. */
  readonly destroy?: (subject: ComplianceSubject) => void | Promise<void>;
}

/**
 * Declares the tests that every {@link Transport} must pass, for use in a vitest file.
 *
 * They know nothing but the contract, wait only for events, and use no address of their own.
 */
export function transportCompliance({ name, create, destroy }: ComplianceOptions): void {
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
  });
}
