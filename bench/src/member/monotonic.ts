/**
 * CLOCK_MONOTONIC in nanoseconds, comparable between the processes of one machine. Exact as a
 * number for the first hundred days after a boot, to a few nanoseconds for years.
 */
export function monotonicNs(): number {
  return Number(process.hrtime.bigint());
}
