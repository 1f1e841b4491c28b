import type { Command } from '../command/define.js';
import { defineCommand } from '../command/define.js';
import { SHELLS, type Shell, scriptFor } from '../completion.js';

/** Beside all others, which it has to know. */
export function completionCommand(others: () => readonly Command[]): Command {
  return defineCommand({
    words: 'completion',
    description: 'print what completes commands, options and names in your shell',
    details:
      'bash: source <(gsctl completion bash)   zsh: source <(gsctl completion zsh)\n' +
      'fish: gsctl completion fish | source\n' +
      'Names of groups and providers are those that the daemon of the environment knows.',
    operands: {
      shell: {
        placeholder: 'SHELL',
        what: 'the name of a shell',
        fits: (text) => SHELLS.some((shell) => shell === text),
        expected: 'completion is there for bash, zsh and fish',
      },
    },
    options: {},
    run: async ({ operands, io }) => {
      // It fits, so it is one of them.
      await io.print(scriptFor(operands.shell as Shell, others()).trimEnd());
    },
  });
}
