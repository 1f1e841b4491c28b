import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DaemonId } from '@group-services/core';
import { type Directive, replayScenario } from '@group-services/testkit';
import { expect, test } from 'vitest';
import { LivenessNetwork } from './network.js';

const folder = join(import.meta.dirname, 'scenarios');

for (const file of readdirSync(folder).sort()) {
  test(`scenario ${file}`, async () => {
    const path = join(folder, file);
    const stage = new Stage();
    const replayed = replayScenario(readFileSync(path, 'utf8'), (line) => stage.run(line));
    await expect(replayed).toMatchFileSnapshot(path);
  });
}

/** Carries out directives on one network. */
class Stage {
  #network = new LivenessNetwork([]);

  run(directive: Directive): string {
    const [first = '', second = ''] = directive.words as readonly DaemonId[];
    switch (directive.verb) {
      case 'start':
        this.#network = new LivenessNetwork(directive.words as readonly DaemonId[]);
        return '';
      case 'run':
        return this.#network.runUntil(Number(directive.arguments.get('until'))).join('\n');
      case 'crash':
        this.#network.crash(first as DaemonId);
        return '';
      case 'cut':
        this.#network.cut(first as DaemonId, second as DaemonId);
        return '';
      case 'heal':
        this.#network.heal();
        return '';
      case 'pause':
        this.#network.pause(first as DaemonId, Number(directive.arguments.get('for')));
        return '';
      default:
        throw new Error(`unknown directive: ${directive.text}`);
    }
  }
}
