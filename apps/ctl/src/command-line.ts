import type { Phases } from '@group-services/client';
import { address, type ConfigOf, defineProgram, flag, text } from '@group-services/runtime';
import manifest from '../package.json' with { type: 'json' };
import { commandLines } from './requests.js';

const PHASES = /^(?:voting|[1-9]\d{0,5})$/u;

/** The options of gsctl (`command-line.md`). */
export const program = defineProgram({
  name: 'gsctl',
  version: manifest.version,
  description: `Shows an operator what Group Services does, and takes part where asked to.\n\nCommands:\n${commandLines()}`,
  operands: { usage: 'COMMAND' },
  options: {
    endpoint: {
      schema: address(['unix', 'tcp']),
      default: 'unix:///run/group-services/gsd.sock',
      environment: 'GROUP_SERVICES_ENDPOINT',
      description: 'where the daemon serves processes',
      placeholder: 'ADDRESS',
    },
    json: {
      schema: flag(),
      default: 'false',
      description: 'print JSON for programs instead of text for people',
    },
    phases: {
      schema: text('1 (no vote), voting, or a number of voting phases', (it) => PHASES.test(it)),
      default: '1',
      description: 'how state set, send and expel are run: 1 (no vote), voting, or so many phases',
      placeholder: 'PHASES',
    },
    reason: {
      schema: text('at most 1024 characters', (it) => it.length <= 1024),
      optional: true,
      description: 'why, shown to the members (expel)',
      placeholder: 'TEXT',
    },
  },
});

export type CtlConfig = ConfigOf<(typeof program)['options']>;

/** What `--phases` says, as the client library takes it: 2 and more are exactly so many votes. */
export function phasesOf(written: string): Phases {
  if (written === 'voting') return 'voting';
  return written === '1' ? 1 : { exactly: Number(written) };
}
