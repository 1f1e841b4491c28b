import type { Phases } from '@group-services/client';
import { type OptionSpec, text } from '@group-services/runtime';
import { defineCommand } from '../command/define.js';
import { GROUP, type OperandSpec } from '../command/operands.js';
import { CommandFailure, EXIT_STATUS } from '../exit-status.js';
import { proposed } from '../proposing.js';
import { bytesOf } from '../value-operand.js';

const PHASES = /^(?:voting|[1-9]\d{0,5})$/u;

const phases = {
  schema: text('1 (no vote), voting, or a number of voting phases', (it) => PHASES.test(it)),
  default: '1',
  description: 'how it is run: 1 (no vote), voting (until they agree), or so many voting phases',
  placeholder: 'PHASES',
} as const satisfies OptionSpec;

const value = { placeholder: 'VALUE', what: 'the value' } as const satisfies OperandSpec;

const FROM_INPUT = 'A value - is read from standard input.';

export const stateSetCommand = defineCommand({
  words: 'state set',
  description: 'propose a state value; - reads it from stdin',
  details: FROM_INPUT,
  operands: { group: GROUP, value },
  options: { phases },
  run: async ({ operands, config, io, withDaemon, report }) => {
    const bytes = await bytesOf(operands.value, io.stdin);
    const phases = phasesOf(config.phases);
    const what = { kind: 'state', value: bytes } as const;
    await report(await withDaemon((daemon) => proposed(daemon, operands.group, { what, phases })));
  },
});

export const sendCommand = defineCommand({
  words: 'send',
  description: 'propose a message; - reads it from stdin',
  details: FROM_INPUT,
  operands: { group: GROUP, message: { ...value, placeholder: 'MESSAGE' } },
  options: { phases },
  run: async ({ operands, config, io, withDaemon, report }) => {
    const bytes = await bytesOf(operands.message, io.stdin);
    const phases = phasesOf(config.phases);
    const what = { kind: 'voted-message', payload: bytes, safe: true } as const;
    await report(await withDaemon((daemon) => proposed(daemon, operands.group, { what, phases })));
  },
});

export const expelCommand = defineCommand({
  words: 'expel',
  description: 'propose to remove providers',
  operands: {
    group: GROUP,
    providers: { placeholder: 'ID', what: 'the id of a provider', many: true },
  },
  options: {
    phases,
    reason: {
      schema: text('at most 1024 characters', (it) => it.length <= 1024),
      optional: true,
      description: 'why, shown to the members',
      placeholder: 'TEXT',
    },
  },
  run: async ({ operands: { group, providers }, config, withDaemon, report }) => {
    const twice = providers.find((one, place) => providers.indexOf(one) !== place);
    if (twice !== undefined) {
      throw new CommandFailure(EXIT_STATUS.misuse, `provider ${twice} is named twice`);
    }
    const phases = phasesOf(config.phases);
    const kind = 'expel' as const;
    const what = { kind, providers: [...providers], reason: config.reason };
    await report(await withDaemon((daemon) => proposed(daemon, group, { what, phases })));
  },
});

export const barrierCommand = defineCommand({
  words: 'barrier',
  description: 'let the members vote on nothing: it ends when all have voted',
  operands: { group: GROUP },
  options: {},
  run: async ({ operands, withDaemon, report }) => {
    const barrier = { what: { kind: 'barrier' }, phases: 'voting' } as const;
    await report(await withDaemon((daemon) => proposed(daemon, operands.group, barrier)));
  },
});

/** What `--phases` says, as the client library takes it: 2 and more are exactly so many votes. */
export function phasesOf(written: string): Phases {
  if (written === 'voting') return 'voting';
  return written === '1' ? 1 : { exactly: Number(written) };
}
