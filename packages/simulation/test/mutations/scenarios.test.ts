import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replayScenario, replayStepwise } from '@group-services/testkit';
import { describe, expect, test } from 'vitest';
import type { MutationName } from '../../src/mutations/index.js';
import { loadProgram } from '../../src/mutations/load-program.js';
import { IN_SCENARIOS } from './scenarios.js';

type Directive = Parameters<Parameters<typeof replayScenario>[1]>[0];

/** What plays the scenarios of a package, and how it prints them. */
interface Player {
  readonly file: string;
  readonly named: string;
  readonly replay: typeof replayScenario;
}

const PLAYERS: Readonly<Record<string, Player>> = {
  metagroup: {
    file: 'packages/metagroup/test/harness/scenario-run.ts',
    named: 'ScenarioRun',
    replay: replayScenario,
  },
  'process-group': {
    file: 'packages/process-group/test/story.ts',
    named: 'Story',
    replay: replayStepwise,
  },
};

type Players = Readonly<Record<string, new () => { run(directive: Directive): string }>>;

async function played(file: string, text: string, defect?: MutationName): Promise<string> {
  const player = PLAYERS[file.slice(0, file.indexOf('/'))];
  if (player === undefined) throw new Error(`nobody plays ${file}`);
  const { [player.named]: Played } = await loadProgram<Players>({ files: [player.file] }, defect);
  if (Played === undefined) throw new Error(`${player.file} has no ${player.named}`);
  const course = new Played();
  return player.replay(text, (directive) => course.run(directive));
}

describe('a scenario notices that a protection is missing', () => {
  // The keys of the table are names.
  test.each(Object.entries(IN_SCENARIOS) as [MutationName, string][])('%s', async (name, file) => {
    const text = readFileSync(join(import.meta.dirname, '../../..', file), 'utf8');
    expect(await played(file, text)).toBe(text);
    expect(await played(file, text, name)).not.toBe(text);
  });
});
