import type { Command } from './define.js';
import { operandsForm } from './operands.js';

/** Behind the help of gsctl and of every command. */
export const HELP_NOTES = `
Each option can also stand in the configuration file, under the same name, and in the
environment (--json as GS_JSON). The command line beats the environment, the environment the file.
Exit status: 0 done, 1 refused or failed, 2 misuse, 3 the daemon is not reached.`;

/** How the command is called: `gsctl expel NAME ID...`. */
export function formOf(command: Command): string {
  return `gsctl ${form(command)}`;
}

/** A line for each command. */
export function commandLines(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => form(command).length));
  return commands
    .map((command) => `  ${form(command).padEnd(width)}  ${command.description}`)
    .join('\n');
}

export function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?]$/u.test(begun) ? begun : `${begun}.`;
}

function form({ words, operands }: Command): string {
  return `${words} ${operandsForm(operands)}`.trimEnd();
}
