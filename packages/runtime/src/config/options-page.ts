import {
  choicesOf,
  environmentName,
  isFlag,
  type OptionSpec,
  type OptionTable,
  optionName,
  type ProgramSpec,
  placeholderOf,
  rangeOf,
} from './program.js';

/** The page of the documentation that lists a program's options, made from their very table. */
export function optionsPage<Options extends OptionTable>(program: ProgramSpec<Options>): string {
  const rows = Object.entries(program.options).map(([key, spec]) => rowOf(key, spec));
  const lines = [
    `# Options of ${program.name}`,
    '',
    `Made from the program's own table; \`${program.name} --help\` shows the same.`,
    '',
    '| option | default | in the environment | what |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    '`DURATION` is written as `250ms`, `3s`, `2m` or `1h`, `SIZE` as `512B`, `64KiB` or `8MiB`.',
    'In the configuration file (`--config FILE`, YAML) each has the same name without the dashes.',
    '',
  ];
  return lines.join('\n');
}

function rowOf(key: string, spec: OptionSpec): string {
  const choices = choicesOf(spec);
  const range = rangeOf(spec);
  const remarks = [
    ...(choices.length > 0 ? [`one of ${choices.map((word) => `\`${word}\``).join(', ')}`] : []),
    ...(range === undefined ? [] : [range]),
    ...(spec.repeatable === true ? ['repeatable'] : []),
  ];
  const value = isFlag(spec) ? '' : ` ${placeholderOf(spec)}`;
  const what =
    remarks.length === 0 ? spec.description : `${spec.description} (${remarks.join('; ')})`;
  const cells = [
    `\`--${optionName(key)}${value}\``,
    defaultOf(spec),
    `\`${environmentName(key, spec)}\``,
    what,
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf(spec: OptionSpec): string {
  if (spec.defaultText !== undefined) return spec.defaultText;
  if (spec.default === undefined) return spec.optional === true ? 'none' : '**required**';
  const texts = typeof spec.default === 'string' ? [spec.default] : spec.default;
  return texts.length === 0 ? 'none' : texts.map((text) => `\`${text}\``).join(', ');
}
