import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replayScenario } from '@group-services/testkit';
import { expect, test } from 'vitest';
import { Stage } from './stage.js';

const folder = join(import.meta.dirname, 'scenarios');

for (const file of readdirSync(folder).sort()) {
  test(`scenario ${file}`, async () => {
    const path = join(folder, file);
    const stage = new Stage();
    const replayed = replayScenario(readFileSync(path, 'utf8'), (line) => stage.run(line));
    await expect(replayed).toMatchFileSnapshot(path);
  });
}
