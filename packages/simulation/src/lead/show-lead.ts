import { runLeadSeed } from './run-lead-seed.js';

/** Runs so many seeds of name servers on etcd and prints those that fail; how many did. */
export function showLead(
  { from, seeds }: { readonly from: number; readonly seeds: number },
  print: (text: string) => void,
): number {
  let failed = 0;
  let changes = 0;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const result = runLeadSeed(seed);
    changes += result.changes;
    if (result.failure === undefined) continue;
    failed += 1;
    print(`seed ${seed} fails: ${result.failure.text}\n`);
  }
  print(`${seeds} seeds of name servers on etcd, ${changes} changes, ${failed} failed\n`);
  return failed;
}
