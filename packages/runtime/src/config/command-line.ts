import { Command, CommanderError, Option } from 'commander';

import {
  choicesOf,
  environmentName,
  isFlag,
  type OptionSpec,
  optionName,
  type ProgramSpec,
  placeholderOf,
  rangeOf,
} from './program.js';
import { type Mistake, type SourceResult, unknownMessage, type Written } from './sources.js';

/** What the command line says, or the text that it asks for. */
export type CommandLine =
  | {
      readonly kind: 'options';
      readonly source: SourceResult;
      readonly configFile: string | undefined;
      /** The configuration is only to be checked. */
      readonly checkOnly: boolean;
      readonly operands: readonly string[];
    }
  | { readonly kind: 'text'; readonly text: string };

type AnyProgram = ProgramSpec<Readonly<Record<string, OptionSpec>>>;

/** Reads arguments (without the names of runtime and script). Never exits and never prints. */
export function readCommandLine(program: AnyProgram, argv: readonly string[]): CommandLine {
  const given = new Map<string, Written[]>();
  const mistakes: Mistake[] = [];
  const printed: string[] = [];
  const files: string[] = [];
  const command = newCommand(program, printed);
  for (const [key, spec] of Object.entries(program.options)) {
    const name = optionName(key);
    command.addOption(commanderOption(key, spec));
    const take = (value: string | null): void => {
      const place = `--${name}`;
      const text = value ?? (isFlag(spec) ? 'true' : undefined);
      if (text === undefined) mistakes.push({ place, message: 'a value is missing' });
      else if (spec.repeatable === true) append(given, key, { text, place });
      else given.set(key, [{ text, place }]);
    };
    command.on(`option:${name}`, take);
    if (!isFlag(spec)) continue;
    command.addOption(new Option(`--no-${name}`).hideHelp());
    command.on(`option:no-${name}`, () =>
      given.set(key, [{ text: 'false', place: `--no-${name}` }]),
    );
  }
  command.option('--config [FILE]', 'read options from this YAML file (same names)');
  command.on('option:config', (value: string | null) => {
    if (value === null) mistakes.push({ place: '--config', message: 'a file name is missing' });
    else files.push(value);
  });
  let checkOnly = false;
  if (program.operands === undefined) {
    command.option(
      '--check-config',
      'only check the configuration: status 0, or 2 and all mistakes',
    );
    command.on('option:check-config', () => {
      checkOnly = true;
    });
  }
  // What follows -- is operands whatever it looks like; commander would not tell which they are.
  const end = argv.indexOf('--');
  const behind = end < 0 ? [] : argv.slice(end + 1);
  try {
    command.parse(argv.slice(0, end < 0 ? argv.length : end), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'text', text: printed.join('') };
    mistakes.push({ place: 'command line', message: error.message });
  }
  const operands = [...command.args, ...behind];
  mistakes.push(...strayArguments(program, command.args));
  if (program.operands === undefined) mistakes.push(...behind.map(unexpectedArgument));
  return {
    kind: 'options',
    source: { given, mistakes },
    configFile: files.at(-1),
    checkOnly,
    operands,
  };
}

function newCommand(program: AnyProgram, printed: string[]): Command {
  const usage = program.operands?.usage;
  return (
    new Command(program.name)
      .description(program.description)
      .usage(usage === undefined ? '[options]' : `[options] ${usage}`)
      .version(program.version, '-V, --version', 'print the version')
      .helpOption('-h, --help', 'print this help')
      // Collected with all other mistakes instead of ending at the first.
      .allowUnknownOption()
      .allowExcessArguments()
      .action(() => {})
      .exitOverride()
      .configureOutput({ writeOut: (text) => printed.push(text), writeErr: () => {} })
      .configureHelp({ optionTerm: (option) => option.flags.replace(/\[(\S+)\]/u, '$1') })
      .addHelpText('after', () => helpNotes(program))
  );
}

/**
 * The option as `commander` shows and reads it. The value counts as optional for commander only, so that
 * its lack is one mistake among others.
 */
export function commanderOption(key: string, spec: OptionSpec): Option {
  const name = optionName(key);
  const flags = isFlag(spec) ? `--${name}` : `--${name} [${placeholderOf(spec)}]`;
  const remarks: string[] = [];
  const choices = choicesOf(spec);
  if (choices.length > 0) remarks.push(`one of: ${choices.join(', ')}`);
  const range = rangeOf(spec);
  if (range !== undefined) remarks.push(range);
  if (spec.repeatable === true) remarks.push('repeatable');
  remarks.push(defaultRemark(spec));
  if (spec.environment !== undefined) remarks.push(`environment: ${spec.environment}`);
  const suffix = remarks.length === 0 ? '' : ` (${remarks.join('; ')})`;
  return new Option(flags, `${spec.description}${suffix}`);
}

function defaultRemark({ default: given, defaultText, optional }: OptionSpec): string {
  if (given === undefined && defaultText === undefined) {
    return optional === true ? 'default: none' : 'required';
  }
  const texts = typeof given === 'string' ? [given] : (given ?? [defaultText]);
  return `default: ${texts.length === 0 ? 'none' : texts.join(', ')}`;
}

function helpNotes(program: AnyProgram): string {
  const [key = 'config', spec] = Object.entries(program.options)[0] ?? [];
  const variable = spec === undefined ? 'GS_CONFIG' : environmentName(key, spec);
  const lines = [
    '',
    'Each option can also stand in the configuration file, under the same name, and in the',
    `environment (--${optionName(key)} as ${variable}; repeatable ones comma-separated).`,
    'The command line beats the environment, the environment beats the file.',
    'DURATION is written as 250ms, 3s, 2m or 1h, SIZE as 512B, 64KiB or 8MiB.',
  ];
  return lines.join('\n');
}

function strayArguments(program: AnyProgram, operands: readonly string[]): Mistake[] {
  const names = [
    'config',
    'check-config',
    'help',
    'version',
    ...Object.keys(program.options).map(optionName),
  ];
  const known = names.map((name) => `--${name}`);
  const unknown = operands.filter((one) => /^-./u.test(one));
  if (unknown.length > 0) {
    // What follows an unknown option may be its value: one mistake, not two.
    return unknown.map((one) => {
      const name = one.replace(/=.*$/su, '');
      const message = unknownMessage('option', name, known);
      if (program.operands === undefined) return { place: name, message };
      return { place: name, message: `${message}${dashesHint(program.name, one)}` };
    });
  }
  if (program.operands !== undefined) return [];
  return operands.map(unexpectedArgument);
}

function unexpectedArgument(one: string): Mistake {
  return { place: one, message: 'unexpected argument' };
}

/** Names and values may begin with a dash. */
function dashesHint(name: string, one: string): string {
  return `; a name or value that begins with - comes after --, and options before: ${name} … -- ${one}`;
}

function append(given: Map<string, Written[]>, key: string, written: Written): void {
  const before = given.get(key);
  if (before === undefined) given.set(key, [written]);
  else before.push(written);
}
