import { isNodeName } from '@group-services/core';

/** What the operands ask for. */
export type Request =
  | { readonly command: 'status' | 'nodes' | 'groups' }
  | { readonly command: 'nodes forget'; readonly node: string }
  | { readonly command: 'group' | 'group reset' | 'votes'; readonly group: string }
  | { readonly command: 'watch' | 'join' | 'state get'; readonly group: string }
  | { readonly command: 'state set' | 'send'; readonly group: string; readonly value: string }
  | { readonly command: 'expel'; readonly group: string; readonly providers: readonly string[] };

type Command = Request['command'];

interface CommandSpec {
  /** What follows the words of the command. */
  readonly operands: string;
  readonly description: string;
}

const COMMANDS: Readonly<Record<Command, CommandSpec>> = {
  status: { operands: '', description: 'the daemon, its groups and its processes' },
  nodes: { operands: '', description: 'the nodes of the domain, and how this one hears them' },
  'nodes forget': {
    operands: 'NODE',
    description: 'give up a node that will not come back: groups stop waiting for it',
  },
  groups: { operands: '', description: 'all groups of the domain' },
  group: { operands: 'NAME', description: 'one group: leader, providers, daemons, stream' },
  'group reset': {
    operands: 'NAME',
    description: 'start a group anew: its state is given up, and its processes are removed',
  },
  votes: { operands: 'NAME', description: 'whom the group waits for, and since when' },
  watch: { operands: 'NAME', description: 'print changes and voting of a group until Ctrl-C' },
  join: { operands: 'NAME', description: 'be a provider: see ballots, vote by key' },
  'state get': { operands: 'NAME', description: 'print the state value' },
  'state set': {
    operands: 'NAME VALUE',
    description: 'propose a state value; - reads it from stdin',
  },
  send: { operands: 'NAME MESSAGE', description: 'propose a message; - reads it from stdin' },
  expel: { operands: 'NAME ID...', description: 'propose to remove providers' },
};

/** The request that the operands make, or what is wrong with them. */
export type ReadRequest =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly problem: string };

export function readRequest(operands: readonly string[]): ReadRequest {
  const [first, ...rest] = operands;
  if (first === undefined) return wrong(`a command is missing; there are ${names()}`);
  if (first === 'state') return readState(rest);
  switch (first) {
    case 'nodes':
      if (rest[0] === 'forget') return readForget(rest.slice(1));
      return rest.length === 0
        ? { ok: true, request: { command: first } }
        : unexpected(first, rest[0]);
    case 'status':
    case 'groups':
      return rest.length === 0
        ? { ok: true, request: { command: first } }
        : unexpected(first, rest[0]);
    case 'group':
      // A group that is called reset is shown by what stands alone.
      if (rest[0] === 'reset' && rest.length > 1) return alone('group reset', rest.slice(1));
      return alone(first, rest);
    case 'votes':
    case 'watch':
    case 'join':
      return alone(first, rest);
    case 'send':
      return named(first, rest, (more, group) => valued(first, more, group));
    case 'expel':
      return named(first, rest, (providers, group) =>
        providers.length === 0
          ? wrong(`the id of a provider is missing; the form is: ${usage(first)}`)
          : { ok: true, request: { command: first, group, providers } },
      );
    default:
      return wrong(`unknown command ${JSON.stringify(first)}; there are ${names()}`);
  }
}

function readForget([node, extra]: readonly string[]): ReadRequest {
  const command = 'nodes forget';
  if (node === undefined)
    return wrong(`the name of a node is missing; the form is: ${usage(command)}`);
  if (!isNodeName(node)) return wrong('a node name has 1 to 64 characters of A-Z a-z 0-9 . _ -');
  return extra === undefined
    ? { ok: true, request: { command, node } }
    : unexpected(command, extra);
}

function readState([verb, ...rest]: readonly string[]): ReadRequest {
  if (verb === 'get') {
    return alone('state get', rest);
  }
  if (verb === 'set') {
    return named('state set', rest, (more, group) => valued('state set', more, group));
  }
  return wrong(`state is followed by get or set: ${usage('state get')}, ${usage('state set')}`);
}

/** Nothing but the name of a group. */
function alone(
  command: 'group' | 'group reset' | 'votes' | 'watch' | 'join' | 'state get',
  rest: readonly string[],
): ReadRequest {
  return named(command, rest, ([extra], group) =>
    extra === undefined ? { ok: true, request: { command, group } } : unexpected(command, extra),
  );
}

/** One more operand, and only one. */
function valued(
  command: 'state set' | 'send',
  [value, extra]: readonly string[],
  group: string,
): ReadRequest {
  if (value === undefined) return wrong(`the value is missing; the form is: ${usage(command)}`);
  if (extra === undefined) return { ok: true, request: { command, group, value } };
  return unexpected(command, extra);
}

/** Takes the group's name off and lets `read` have the rest. */
function named(
  command: Command,
  [group, ...rest]: readonly string[],
  read: (rest: readonly string[], group: string) => ReadRequest,
): ReadRequest {
  if (group === undefined) {
    return wrong(`the name of a group is missing; the form is: ${usage(command)}`);
  }
  if (!isGroupName(group)) {
    return wrong('a group name has 1 to 255 bytes of UTF-8 without control characters');
  }
  return read(rest, group);
}

function isGroupName(text: string): boolean {
  const bytes = Buffer.byteLength(text);
  return bytes >= 1 && bytes <= 255 && !/\p{Cc}/u.test(text);
}

function unexpected(command: Command, extra: string | undefined): ReadRequest {
  return wrong(`unexpected argument ${JSON.stringify(extra)}; the form is: ${usage(command)}`);
}

function wrong(problem: string): ReadRequest {
  return { ok: false, problem };
}

function usage(command: Command): string {
  return `gsctl ${form(command)}`;
}

function form(command: Command): string {
  return `${command} ${COMMANDS[command].operands}`.trimEnd();
}

function names(): string {
  return commands().join(', ');
}

function commands(): readonly Command[] {
  // The keys of a record of all commands are the commands.
  return Object.keys(COMMANDS) as Command[];
}

/** The part of `--help` that lists the commands. */
export function commandLines(): string {
  const width = Math.max(...commands().map((command) => form(command).length));
  return commands()
    .map((command) => `  ${form(command).padEnd(width)}  ${COMMANDS[command].description}`)
    .join('\n');
}
