/**
 * Thrown when something that our own code guarantees does not hold.
 *
 * Nobody catches it: the process stops at once with this report, and the other daemons handle the
 * loss as they handle any failure. Input from peers or clients must never lead here.
 */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation';
}

/** States what must hold at this point; stops the program when it does not. */
export function invariant(condition: boolean, whatMustHold: string): asserts condition {
  if (!condition) throw new InvariantViolation(whatMustHold);
}

/** Makes a `switch` over a union exhaustive: adding a variant becomes a compile error here. */
export function assertNever(value: never): never {
  throw new InvariantViolation(`unexpected variant: ${JSON.stringify(value)}`);
}
