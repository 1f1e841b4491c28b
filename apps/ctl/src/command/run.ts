import {
  type Environment,
  loadConfig,
  type OptionTable,
  optionName,
  transportsGiven,
} from '@group-services/runtime';
import { accessOf } from '../access.js';
import { withDaemon } from '../daemon-session.js';
import { CommandFailure, EXIT_STATUS } from '../exit-status.js';
import { printable } from '../printable.js';
import { type Call, type Command, GLOBAL_OPTIONS, globalOptionsWith, type Io } from './define.js';
import { formOf } from './help-text.js';
import { readOperands } from './operands.js';
import { readTree } from './tree.js';

/** What gsctl is started with. */
export interface Start {
  readonly commands: readonly Command[];
  readonly version: string;
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly io: Io;
}

/** Runs the command that the arguments ask for; gives the exit status. */
export async function runCommand(start: Start): Promise<number> {
  try {
    const text = await perform(start);
    if (text !== undefined) await start.io.print(text.trimEnd());
    return EXIT_STATUS.done;
  } catch (error) {
    // Anything else is a defect and shows its stack.
    if (!(error instanceof CommandFailure)) throw error;
    start.io.remark(wantsJson(start) ? jsonOf(error) : textOf(error));
    return error.status;
  }
}

/** A text that was asked for, such as help; otherwise the command has printed what it found. */
async function perform({ commands, version, argv, env, io }: Start): Promise<string | undefined> {
  const asked = readTree(commands, version, argv);
  if (asked.kind === 'text') return asked.text;
  if (asked.kind === 'misuse') throw misuse(asked.problem, asked.helper);
  const { command } = asked;
  const helper = `gsctl ${command.words}`;
  const sources = { argv: asked.options, env };
  const plugged = await transportsGiven({ ...GLOBAL_OPTIONS, ...command.options }, sources);
  const options: OptionTable = { ...globalOptionsWith(plugged), ...command.options };
  const otherKeys = commands.flatMap((one) => Object.keys(one.options).map(optionName));
  const program = { name: 'gsctl', version, description: '', options, otherKeys };
  const loaded = loadConfig(program, sources);
  if (!loaded.ok) throw misuse(listed(loaded.mistakes), helper);
  const read = readOperands(command.operands, asked.operands, formOf(command));
  if (!read.ok) throw misuse(read.problem, helper);
  // The options are those of the tables above, and their schemas have checked them.
  const config = loaded.config as Call<never, typeof GLOBAL_OPTIONS>['config'];
  await command.run({
    operands: read.operands as Call<never, OptionTable>['operands'],
    config,
    io,
    withDaemon: (use) => withDaemon(config.endpoint, use, accessOf(config, plugged.transports)),
    report: ({ json, text }) => io.print(config.json ? JSON.stringify(json, null, 2) : text),
  });
  return undefined;
}

function listed(mistakes: readonly { readonly place: string; readonly message: string }[]): string {
  const lines = mistakes.map(({ place, message }) => `${place}: ${message}`);
  if (lines.length === 1) return lines.join('');
  return `${lines.length} mistakes in the configuration:\n  ${lines.join('\n  ')}`;
}

function misuse(problem: string, helper: string): CommandFailure {
  const remark = `Try ${helper} --help.`;
  return new CommandFailure(EXIT_STATUS.misuse, problem, { remark });
}

/** Also when the rest of the command line cannot be read. */
function wantsJson({ argv, env }: Start): boolean {
  const end = argv.indexOf('--');
  const options = end < 0 ? argv : argv.slice(0, end);
  if (options.includes('--no-json')) return false;
  return options.includes('--json') || env['GS_JSON'] === 'true' || env['GS_JSON'] === '1';
}

function textOf({ message, remark }: CommandFailure): string {
  const first = `gsctl: ${message.split('\n').map(printable).join('\n')}`;
  return remark === undefined ? first : `${first}\n${printable(remark)}`;
}

/** One line: what `--json` promises of errors. */
function jsonOf({ status, message, remark }: CommandFailure): string {
  return JSON.stringify({ error: { status, message, remark } });
}
