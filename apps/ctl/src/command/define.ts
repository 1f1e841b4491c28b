import {
  address,
  type ConfigOf,
  flag,
  type OptionTable,
  type PluggedTransports,
  streamsOf,
  transportOption,
  withTransports,
} from '@group-services/runtime';
import { tcpAddresses, tlsAddresses, unixAddresses } from '@group-services/transport';
import { accessOptions } from '../access.js';
import type { DaemonSession } from '../daemon-session.js';
import type { Report } from '../report.js';
import type { Terminal } from '../top/screen.js';
import type { OperandsOf, OperandTable } from './operands.js';

/**
 * What a command of gsctl is. Each stands in a file of its own below `commands`, and `commands/all.ts`
 * lists them; what the command line, the help and the configuration file know follows from here.
 */
export interface CommandSpec<Operands extends OperandTable, Options extends OptionTable> {
  /** The words that call it: `state get`. */
  readonly words: string;
  /** One line for the list of commands. */
  readonly description: string;
  /** More, for the help of the command itself: whole sentences. */
  readonly details?: string;
  /** What follows the words, in its order. */
  readonly operands: Operands;
  /** Beside {@link GLOBAL_OPTIONS}. */
  readonly options: Options;
  /** Rejects with `CommandFailure`; anything else is a defect. */
  run(call: Call<Operands, Options>): Promise<void>;
}

/** A command as it was called. */
export interface Call<Operands extends OperandTable, Options extends OptionTable> {
  readonly operands: OperandsOf<Operands>;
  readonly config: ConfigOf<Options> & GlobalConfig;
  readonly io: Io;
  /** Connects to the daemon of `--endpoint`, and closes afterwards. */
  withDaemon<T>(use: (daemon: DaemonSession) => Promise<T>): Promise<T>;
  /** Prints what was found: as JSON for programs, or as text. */
  report(report: Report): Promise<void>;
}

/** What a command reads and writes. */
export interface Io {
  readonly stdin: NodeJS.ReadStream;
  /** Results. Resolves when the text is written. */
  print(text: string): Promise<void>;
  /** A line for the person beside the results. */
  remark(line: string): void;
  /** A passing line that the next one replaces; only where a person sees it. An empty one ends it. */
  progress(line: string): void;
  /** Where results go, if that is a terminal. */
  readonly terminal: Terminal | undefined;
  /** Whether results go to a terminal, which must not act on what others wrote. */
  readonly isTerminal: boolean;
  /** Fires on the first signal to stop, and when nobody reads any more. */
  stopped(): AbortSignal;
}

export type GlobalConfig = ConfigOf<typeof GLOBAL_OPTIONS>;

/** A command whatever its operands and options. */
export type Command = CommandSpec<OperandTable, OptionTable>;

const KINDS = [unixAddresses, tcpAddresses, tlsAddresses];

/** Options of every command. */
export const GLOBAL_OPTIONS = {
  endpoint: {
    schema: address(KINDS),
    default: 'unix:///run/group-services/gsd.sock',
    environment: 'GROUP_SERVICES_ENDPOINT',
    description: 'where the daemon serves processes',
    placeholder: 'ADDRESS',
  },
  json: {
    schema: flag(),
    default: 'false',
    description: 'print JSON for programs instead of text for people; errors too',
  },
  ...accessOptions,
  transport: transportOption(),
} as const satisfies OptionTable;

/** The same, whose address may also be that of a transport that the operator has brought. */
export function globalOptionsWith(plugged: PluggedTransports): OptionTable {
  const endpoint = withTransports(GLOBAL_OPTIONS.endpoint, KINDS, streamsOf(plugged));
  return { ...GLOBAL_OPTIONS, endpoint, transport: transportOption(plugged) };
}

/** Fixes the types of a command's operands and options. */
export function defineCommand<
  const Operands extends OperandTable,
  const Options extends OptionTable,
>(spec: CommandSpec<Operands, Options>): Command {
  // Sound because the operands and options that `run` is handed are read by these very tables.
  return spec as unknown as Command;
}
