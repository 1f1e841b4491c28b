/** Defects that hardly show in random runs: the scenario whose course they change. */
export const IN_SCENARIOS = {
  'pressure-lost-at-takeover': 'metagroup/test/scenarios/pressure.txt',
  'pressure-asked-once': 'metagroup/test/scenarios/pressure.txt',
  'refusal-one-early': 'process-group/test/scenarios/refusals-rest-on-delivered.txt',
  'strict-not-prescreened': 'process-group/test/scenarios/strict.txt',
  'joined-without-source': 'process-group/test/scenarios/cast-out.txt',
  'nobody-cast-out': 'process-group/test/scenarios/cast-out.txt',
  'labels-left-out-of-changes': 'process-group/test/scenarios/labels.txt',
  'unresponsive-kept': 'process-group/test/scenarios/unresponsive.txt',
  'bundle-not-noted': 'process-group/test/scenarios/bundles.txt',
} as const;
