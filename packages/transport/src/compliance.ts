import { test as nodeTest } from 'node:test';

import { addressChecks } from './compliance/addresses.js';
import { closingChecks } from './compliance/closing.js';
import { flowChecks } from './compliance/flow.js';
import { frameChecks } from './compliance/frames.js';
import { type ComplianceSubject, type Declare, track } from './compliance/harness.js';
import { streamChecks } from './compliance/streams.js';

export type { ComplianceSubject } from './compliance/harness.js';

/**
 * What every `Transport` has to do, as checks that need nothing but this package and Node: for
 * `node:test` as they are, for any other runner by its own `test`, or one by one without any.
 *
 * They know nothing but the contract, wait only for events, and use no address of their own.
 */
export interface ComplianceOptions {
  /** Names the implementation in the report. */
  readonly name: string;
  /** What the links promise (`delivery` of `Transport`); 'stream' unless told otherwise. */
  readonly delivery?: 'stream' | 'datagram' | undefined;
  /** Called before each check. */
  readonly create: () => ComplianceSubject | Promise<ComplianceSubject>;
  /** Called after each check with what `create` gave; its listeners and links have been ended. */
  readonly destroy?: ((subject: ComplianceSubject) => void | Promise<void>) | undefined;
  /** How long one check may wait for what does not happen, in milliseconds; default 30 s. */
  readonly limitMs?: number | undefined;
}

/** One thing that a transport has to do. */
export interface ComplianceCheck {
  readonly name: string;
  /** Rejects if the transport does not do it. */
  readonly run: () => Promise<void>;
}

/** Declares a test: of `node:test`, vitest, jest and others. */
export type DeclareTest = (name: string, run: () => Promise<void>) => unknown;

const LIMIT_MS = 30_000;

/**
 * Declares a test for everything that a transport has to do; what concerns order and loss only for streams.
 *
 * @param test of another runner than `node:test`: `transportCompliance(options, it)`
 */
export function transportCompliance(
  options: ComplianceOptions,
  test: DeclareTest = declareInNode,
): void {
  for (const { name, run } of complianceChecks(options)) {
    test(`transport compliance: ${options.name}: ${name}`, run);
  }
}

function declareInNode(name: string, run: () => Promise<void>): void {
  void nodeTest(name, run);
}

/** The checks themselves, for a runner of another kind. */
export function complianceChecks(options: ComplianceOptions): readonly ComplianceCheck[] {
  const { delivery = 'stream' } = options;
  const checks: ComplianceCheck[] = [];
  const add: Declare = (name, run) => {
    checks.push({ name, run: () => once(options, run) });
  };
  frameChecks(add);
  flowChecks(add);
  closingChecks(add);
  addressChecks(add, delivery);
  if (delivery === 'stream') streamChecks(add);
  return checks;
}

/** One check with a subject of its own, which is ended whatever happens. */
async function once(
  { create, destroy, limitMs = LIMIT_MS }: ComplianceOptions,
  run: (subject: ComplianceSubject) => Promise<void>,
): Promise<void> {
  const subject = await create();
  const tracked = track(subject);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((_resolve, reject) => {
    const message = `what has to happen did not within ${limitMs} ms`;
    timer = setTimeout(() => reject(new Error(message)), limitMs);
  });
  try {
    await Promise.race([run(tracked), late]);
  } finally {
    clearTimeout(timer);
    await tracked.end();
    await destroy?.(subject);
  }
}
