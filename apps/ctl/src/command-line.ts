import { address, type ConfigOf, defineProgram, flag } from '@group-services/runtime';
import manifest from '../package.json' with { type: 'json' };

/** What the operands ask for. */
export type Request =
  | { readonly command: 'status' | 'nodes' | 'groups' }
  | { readonly command: 'group'; readonly group: string }
  | { readonly command: 'watch'; readonly group: string }
  | { readonly command: 'group reset'; readonly group: string };

interface CommandSpec {
  readonly usage: string;
  readonly description: string;
}

const COMMANDS: Readonly<Record<Request['command'], CommandSpec>> = {
  status: { usage: 'status', description: 'the daemon, its groups and its processes' },
  nodes: { usage: 'nodes', description: 'the nodes of the domain, and how this one hears them' },
  groups: { usage: 'groups', description: 'all groups of the domain' },
  group: { usage: 'group NAME', description: 'one group: leader, providers, daemons, stream' },
  'group reset': {
    usage: 'group reset NAME',
    description: 'start a group anew: its state is given up, and its processes are removed',
  },
  watch: { usage: 'watch NAME', description: 'print changes of a group until Ctrl-C' },
};

/** The options of gsctl (`command-line.md`). */
export const program = defineProgram({
  name: 'gsctl',
  version: manifest.version,
  description: `Shows an operator what Group Services does.\n\nCommands:\n${commandLines()}`,
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
  },
});

export type CtlConfig = ConfigOf<(typeof program)['options']>;

/** The request that the operands make, or what is wrong with them. */
export type ReadRequest =
  | { readonly ok: true; readonly request: Request }
  | { readonly ok: false; readonly problem: string };

export function readRequest(operands: readonly string[]): ReadRequest {
  const [command, ...rest] = operands;
  if (command === undefined) return wrong(`a command is missing; there are ${names()}`);
  switch (command) {
    case 'status':
    case 'nodes':
    case 'groups':
      return withoutOperands(command, rest);
    case 'group':
      // A group that is called so is shown by gsctl group -- reset only if nothing follows.
      if (rest[0] === 'reset' && rest.length > 1) return withGroup('group reset', rest.slice(1));
      return withGroup(command, rest);
    case 'watch':
      return withGroup(command, rest);
    default:
      return wrong(`unknown command ${JSON.stringify(command)}; there are ${names()}`);
  }
}

function withoutOperands(
  command: 'status' | 'nodes' | 'groups',
  rest: readonly string[],
): ReadRequest {
  const [extra] = rest;
  if (extra === undefined) return { ok: true, request: { command } };
  return wrong(`unexpected argument ${JSON.stringify(extra)}; the form is: ${usage(command)}`);
}

function withGroup(
  command: 'group' | 'watch' | 'group reset',
  rest: readonly string[],
): ReadRequest {
  const [group, extra] = rest;
  if (group === undefined) {
    return wrong(`the name of a group is missing; the form is: ${usage(command)}`);
  }
  if (extra !== undefined) {
    return wrong(`unexpected argument ${JSON.stringify(extra)}; the form is: ${usage(command)}`);
  }
  if (!isGroupName(group)) {
    return wrong('a group name has 1 to 255 bytes of UTF-8 without control characters');
  }
  return { ok: true, request: { command, group } };
}

function isGroupName(text: string): boolean {
  const bytes = Buffer.byteLength(text);
  return bytes >= 1 && bytes <= 255 && !/\p{Cc}/u.test(text);
}

function wrong(problem: string): ReadRequest {
  return { ok: false, problem };
}

function usage(command: Request['command']): string {
  return `gsctl ${COMMANDS[command].usage}`;
}

function names(): string {
  return Object.keys(COMMANDS).join(', ');
}

function commandLines(): string {
  const specs = Object.values(COMMANDS);
  const width = Math.max(...specs.map((spec) => spec.usage.length));
  return specs.map((spec) => `  ${spec.usage.padEnd(width)}  ${spec.description}`).join('\n');
}
