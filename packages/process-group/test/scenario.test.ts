import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replayStepwise } from '@group-services/testkit';
import { expect, test } from 'vitest';
import { Story } from './story.js';

const folder = join(import.meta.dirname, 'scenarios');

for (const file of readdirSync(folder).sort()) {
  test(file, async () => {
    const path = join(folder, file);
    const story = new Story();
    const printed = replayStepwise(readFileSync(path, 'utf8'), (it) => story.run(it));
    await expect(printed).toMatchFileSnapshot(path);
  });
}
