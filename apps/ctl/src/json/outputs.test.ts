import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../commands/all.js';
import { JSON_OUTPUTS, outputOf } from './outputs.js';
import { jsonSchema } from './schema-page.js';

const PAGE = join(import.meta.dirname, '../../../../docs/json/gsctl.schema.json');

/** It prints a script for a shell. */
const WITHOUT = ['completion'];

describe('what --json prints', () => {
  it('is said of every command, and of no other', () => {
    const commands = COMMANDS.map(({ words }) => words).filter((words) => !WITHOUT.includes(words));
    expect(Object.keys(JSON_OUTPUTS).sort()).toEqual(commands.sort());
  });

  it('is found by the longest words', () => {
    expect(outputOf(['group', 'reset', 'g'])).toBe(JSON_OUTPUTS['group reset']);
    expect(outputOf(['group', 'g'])).toBe(JSON_OUTPUTS['group']);
    expect(outputOf(['--json'])).toBeUndefined();
  });

  it('is on its page as it is here (npx vitest run --project gsctl -u makes it anew)', async () => {
    await expect(jsonSchema()).toMatchFileSnapshot(PAGE);
  });
});
