import type { LogFields, LogLevel } from '@group-services/core';
import type { ToClient } from '@group-services/wire';
import type { Branch, ProcessGroupOutput } from './outputs.js';
import type { Traced } from './traced.js';

/**
 * Collects the outputs of one step. All parts of an engine write to the same one, so that what they want
 * done is done in the order in which they came to it, whichever part it was.
 */
export class Outbox {
  #outputs: ProcessGroupOutput[] = [];

  emit(output: ProcessGroupOutput): void {
    this.#outputs.push(output);
  }

  toClient(client: number, message: ToClient): void {
    this.#outputs.push({ kind: 'toClient', client, message });
  }

  log(level: LogLevel, event: string, fields: LogFields): void {
    this.#outputs.push({ kind: 'log', level, event, fields });
  }

  traced(traced: Traced): void {
    this.#outputs.push({ kind: 'traced', traced });
  }

  branch(name: Branch): void {
    this.#outputs.push({ kind: 'branch', name });
  }

  /** Everything since the last call. */
  take(): readonly ProcessGroupOutput[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }
}
