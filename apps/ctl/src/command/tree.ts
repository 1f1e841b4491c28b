import {
  commanderOption,
  isFlag,
  nearest,
  type OptionTable,
  optionName,
} from '@group-services/runtime';
import { CommanderError, Command as Node } from 'commander';
import { type Command, GLOBAL_OPTIONS } from './define.js';
import { commandLines, HELP_NOTES, sentence } from './help-text.js';
import { operandsForm, readOperands } from './operands.js';

/** As wide as tables are. */
const HELP_COLUMNS = 100;

/** What the command line asks for. */
export type Asked =
  | {
      readonly kind: 'call';
      readonly command: Command;
      readonly operands: readonly string[];
      /** The options that were given, as a command line. */
      readonly options: readonly string[];
    }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'misuse';
      readonly problem: string;
      /** Whose help tells more: `gsctl state set`. */
      readonly helper: string;
    };

/**
 * Finds the command and its options. The tree of words is commander's, which also makes the help; what
 * the values mean is looked at by whoever loads the configuration. Never exits and never prints.
 */
export function readTree(
  commands: readonly Command[],
  version: string,
  argv: readonly string[],
): Asked {
  return new Reading(commands, version).read(argv);
}

class Reading {
  readonly #root: Node;
  readonly #commands: readonly Command[];
  readonly #printed: string[] = [];
  readonly #options: string[] = [];
  /** The words whose node has complained. */
  #complains = '';
  #asked: Asked | undefined;

  constructor(commands: readonly Command[], version: string) {
    this.#commands = commands;
    this.#root = new Node('gsctl')
      .description(
        'Shows an operator what Group Services does, and takes part where asked to.\n\n' +
          `Commands:\n${commandLines(commands)}`,
      )
      .usage('[options] COMMAND')
      .version(version, '-V, --version', 'print the version')
      .helpOption('-h, --help', 'print this help')
      .helpCommand(false)
      // Operands are read by their table, which says what is missing.
      .allowExcessArguments()
      .configureOutput({
        writeOut: (text) => this.#printed.push(text),
        writeErr: () => {},
        getOutHelpWidth: () => HELP_COLUMNS,
      })
      .configureHelp({
        optionTerm: (option) => option.flags.replace(/[[<](\S+)[\]>]/u, '$1'),
        showGlobalOptions: true,
        // They stand in the description, each with what follows it.
        visibleCommands: () => [],
      })
      .exitOverride()
      .addHelpText('after', HELP_NOTES);
    this.#branch(this.#root, '');
    this.#take(this.#root, GLOBAL_OPTIONS);
    this.#root.option('--config <FILE>', 'read options from this YAML file (same names)');
    this.#root.on('option:config', (file: string) => this.#options.push(`--config=${file}`));
    for (const command of commands) this.#add(command);
    this.#addHelp();
  }

  read(argv: readonly string[]): Asked {
    try {
      this.#root.parse([...argv], { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      if (error.exitCode === 0) return { kind: 'text', text: this.#printed.join('') };
      return misuse(this.#plain(error), this.#complains);
    }
    return this.#asked ?? misuse(this.#missing(''), '');
  }

  #add(command: Command): void {
    const { words, description, details, operands } = command;
    const node = this.#nodeOf(words);
    const more = details === undefined ? '' : `\n\n${details}`;
    const below = this.#commands.filter((one) => one.words.startsWith(`${words} `));
    const list = below.length === 0 ? '' : `\n\nBeside it there are:\n${commandLines(below)}`;
    node
      .description(`${sentence(description)}${more}${list}`)
      .usage(`[options] ${operandsForm(operands)}`.trimEnd())
      .action(() => this.#call(command, node.args));
    this.#take(node, command.options);
  }

  /** A group that is called reset is shown by what stands alone: `gsctl group reset`. */
  #call(command: Command, operands: readonly string[]): void {
    const words = command.words.split(' ');
    const parent = this.#commands.find((one) => one.words === words.slice(0, -1).join(' '));
    const last = words.slice(-1);
    const options = this.#options;
    const isName =
      operands.length === 0 &&
      parent !== undefined &&
      !readOperands(command.operands, [], '').ok &&
      readOperands(parent.operands, last, '').ok;
    this.#asked = isName
      ? { kind: 'call', command: parent, operands: last, options }
      : { kind: 'call', command, operands, options };
  }

  /** The node of these words, made as far as it is missing. */
  #nodeOf(words: string): Node {
    let node = this.#root;
    let path = '';
    for (const word of words.split(' ')) {
      path = `${path} ${word}`.trim();
      node = node.commands.find((one) => one.name() === word) ?? this.#grown(node, word, path);
    }
    return node;
  }

  #grown(node: Node, word: string, path: string): Node {
    const next = node.command(word);
    const below = this.#commands.filter((one) => one.words.startsWith(`${path} `));
    next.usage('[options] COMMAND').description(`Commands:\n${commandLines(below)}`);
    this.#branch(next, path);
    return next;
  }

  /** What happens where words end too early, or in one that is not known. */
  #branch(node: Node, words: string): void {
    node.exitOverride((error) => {
      this.#complains = words;
      throw error;
    });
    node.action(() => {
      this.#asked = misuse(this.#missing(words, node.args[0]), words);
    });
  }

  #missing(words: string, found?: string): string {
    const prefix = words === '' ? '' : `${words} `;
    const known = this.#commands.filter((one) => one.words.startsWith(prefix));
    const nexts = [...new Set(known.map((one) => one.words.slice(prefix.length).split(' ')[0]))];
    const names = nexts.filter((one) => one !== undefined);
    const list = `there are ${names.join(', ')}`;
    const after = words === '' ? '' : ` after ${words}`;
    if (found === undefined) return `a command is missing${after}; ${list}`;
    const meant = nearest(found, names);
    const hint = meant === undefined ? list : `did you mean ${meant}?`;
    return `unknown command ${JSON.stringify(found)}${after}; ${hint}`;
  }

  #take(node: Node, options: OptionTable): void {
    for (const [key, spec] of Object.entries(options)) {
      const name = optionName(key);
      node.addOption(commanderOption(key, spec));
      node.on(`option:${name}`, (value: string | null) => {
        // Without its value it is a mistake, which is told with all others.
        const isBare = isFlag(spec) || value === null;
        this.#options.push(isBare ? `--${name}` : `--${name}=${value}`);
      });
    }
  }

  #addHelp(): void {
    const help = this.#root.command('help');
    help.usage('[COMMAND]').description('Prints the help of a command.');
    help.action(() => {
      let node = this.#root;
      for (const word of help.args) {
        const next = node.commands.find((one) => one.name() === word);
        if (next === undefined) {
          const words = help.args.slice(0, help.args.indexOf(word)).join(' ');
          this.#asked = misuse(this.#missing(words, word), words);
          return;
        }
        node = next;
      }
      node.outputHelp();
      this.#asked = { kind: 'text', text: this.#printed.join('') };
    });
  }

  /** Commander's words as a part of a sentence, with what it cannot know. */
  #plain({ code, message }: CommanderError): string {
    const text = message.replace(/^error: /u, '').replace(/\s*\n\((.*)\)$/su, '; $1');
    if (code !== 'commander.unknownOption' || this.#complains === '') return text;
    const form = `gsctl ${this.#complains} … -- -x`;
    return `${text}; a name or value that begins with - comes after --, and options before: ${form}`;
  }
}

function misuse(problem: string, words: string): Asked {
  return { kind: 'misuse', problem, helper: `gsctl ${words}`.trimEnd() };
}
