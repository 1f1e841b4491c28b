import type { Logger } from '../logger.js';
import { pino as load } from '../on-demand.js';

/**
 * What is wrong with files of an operator, of all of them at once: each look opens one or several that belong together
 * and throws an error whose message says what it found. What a file is only warned about is no mistake.
 */
export function fileMistakes(
  looks: readonly ((logger: Logger) => { close(): void } | undefined)[],
): readonly string[] {
  const silent = load().pino({ level: 'silent' });
  return looks.flatMap((look) => {
    try {
      look(silent)?.close();
      return [];
    } catch (error) {
      return [error instanceof Error ? error.message : String(error)];
    }
  });
}
