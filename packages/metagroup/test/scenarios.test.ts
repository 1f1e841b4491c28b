import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replayScenario } from '@group-services/testkit';
import { expect, test } from 'vitest';
import { ScenarioRun } from './harness/scenario-run.js';

const folder = join(import.meta.dirname, 'scenarios');

/** The first comment of a file is its title. */
function titleOf(text: string): string {
  return text.split('\n')[0]?.replace(/^# /, '') ?? '';
}

for (const file of readdirSync(folder).sort()) {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  test(titleOf(text), async () => {
    const run = new ScenarioRun();
    await expect(replayScenario(text, (directive) => run.run(directive))).toMatchFileSnapshot(path);
  });
}
