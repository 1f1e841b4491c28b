import { isFlag, optionName } from '@group-services/runtime';
import { type Command, GLOBAL_OPTIONS } from './command/define.js';
import { GROUP } from './command/operands.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * A script that completes the words of commands, their options, and the names of groups that the daemon
 * knows. Names are asked for when they are wanted, and no daemon means no names.
 */
export function scriptFor(shell: Shell, commands: readonly Command[]): string {
  return shell === 'fish' ? fishScript(commands) : bashScript(shell, commands);
}

/** What may follow these words: further words of commands. */
function nextWords(words: string, commands: readonly Command[]): readonly string[] {
  const prefix = words === '' ? '' : `${words} `;
  const nexts = commands
    .filter((one) => one.words.startsWith(prefix))
    .map((one) => one.words.slice(prefix.length).split(' ')[0] ?? '');
  const all = words === '' ? [...nexts, 'help'] : nexts;
  return [...new Set(all)].filter((word) => word !== '');
}

/** All beginnings of commands, such as `state` of `state get`. */
function beginnings(commands: readonly Command[]): readonly string[] {
  const all = commands.flatMap(({ words }) => {
    const parts = words.split(' ');
    return parts.map((_, at) => parts.slice(0, at).join(' ')).concat(words);
  });
  return [...new Set(all)];
}

function optionsOf({ options }: Pick<Command, 'options'>): readonly string[] {
  const names = Object.keys({ ...GLOBAL_OPTIONS, ...options }).map((key) => `--${optionName(key)}`);
  return [...names, '--config', '--help'];
}

/** Options that take a value, whose value is not to be taken for a word of a command. */
function valued(commands: readonly Command[]): readonly string[] {
  const tables = [GLOBAL_OPTIONS, ...commands.map(({ options }) => options)];
  const entries = tables.flatMap((table) => Object.entries(table));
  const names = entries.flatMap(([key, spec]) => (isFlag(spec) ? [] : [`--${optionName(key)}`]));
  return [...new Set([...names, '--config'])];
}

function wantsGroup({ operands }: Command): boolean {
  return Object.values(operands)[0] === GROUP;
}

const GROUP_NAMES = `gsctl groups --json 2>/dev/null | sed -n 's/^ *"group": "\\(.*\\)",\\{0,1\\}$/\\1/p'`;

/** The same in the words of fish, and without a single quote. */
const FISH_GROUP_NAMES = `gsctl groups --json 2>/dev/null | string match -rg "\\"group\\": \\"(.*)\\""`;

function bashScript(shell: 'bash' | 'zsh', commands: readonly Command[]): string {
  const words = beginnings(commands).map((begun) => {
    const next = nextWords(begun, commands).join(' ');
    const command = commands.find((one) => one.words === begun);
    const options = optionsOf(command ?? { options: {} }).join(' ');
    const group = command !== undefined && wantsGroup(command) ? 'yes' : '';
    return `    '${begun}') next='${next}' options='${options}' group='${group}' ;;`;
  });
  // Behind operands there are options only; the longest words first, as `group reset` before `group`.
  const behind = commands
    .toSorted((one, other) => other.words.length - one.words.length)
    .map((one) => `    '${one.words} '*) options='${optionsOf(one).join(' ')}' ;;`);
  return `${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}# gsctl in ${shell}
_gsctl() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words='' next='' options='' group='' word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in
    ${valued(commands).join(' | ')}) i=$((i + 1)) ;;
    -*) ;;
    *) words="\${words:+$words }$word" ;;
    esac
  done
  case "$words" in
${words.join('\n')}
  esac
  [ -n "$options" ] || case "$words" in
${behind.join('\n')}
  esac
  if [ -n "$group" ]; then
    local IFS=$'\\n'
    next="\${next// /$'\\n'}"$'\\n'"$(${GROUP_NAMES})"
    options="\${options// /$'\\n'}"
  fi
  if [[ "$current" == -* ]]; then COMPREPLY=($(compgen -W "$options" -- "$current"))
  else COMPREPLY=($(compgen -W "$next" -- "$current")); fi
}
complete -F _gsctl gsctl
`;
}

function fishScript(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => {
    const parts = command.words.split(' ');
    const last = parts.at(-1) ?? '';
    const seen = parts.slice(0, -1).map((part) => `__fish_seen_subcommand_from ${part}`);
    const when = seen.length === 0 ? '__fish_use_subcommand' : seen.join('; and ');
    const about = command.description.replaceAll("'", '’');
    const word = `complete -c gsctl -f -n '${when}' -a ${last} -d '${about}'`;
    const within = parts.map((part) => `__fish_seen_subcommand_from ${part}`).join('; and ');
    const options = optionsOf(command).map(
      (name) => `complete -c gsctl -f -n '${within}' -l ${name.slice(2)}`,
    );
    const groups = `complete -c gsctl -f -n '${within}' -a '(${FISH_GROUP_NAMES})'`;
    return [word, ...options, ...(wantsGroup(command) ? [groups] : [])];
  });
  return `# gsctl in fish\n${lines.join('\n')}\n`;
}
