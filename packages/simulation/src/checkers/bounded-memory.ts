import type { Checker, Sample } from './checker.js';
import { Violation } from './violation.js';

/** Retained messages, queues and tables never exceed their bounds. */
export class BoundedMemory implements Checker {
  readonly name = 'bounded-memory';

  sample({ daemon, what, value, bound }: Sample): void {
    if (value <= bound) return;
    throw new Violation(this.name, `${what} of ${daemon} is ${value}, the bound ${bound}`);
  }
}
