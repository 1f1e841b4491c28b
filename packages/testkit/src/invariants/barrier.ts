/** Somebody whose vote a phase of a protocol waits for. */
export interface Awaited {
  /** When its vote counted, in any order that grows; undefined: it never did. */
  readonly votedAt: number | undefined;
  /** The phase may end without it: it was gone, or it had its time. */
  readonly isExcused: () => boolean;
}

/**
 * The barrier: a phase does not end before everybody who was asked has voted, or is excused. `over` is
 * when somebody saw that it had ended.
 */
export function isPassedOver({ votedAt, isExcused }: Awaited, over: number): boolean {
  return (votedAt === undefined || votedAt >= over) && !isExcused();
}
