import type { HandleEvent } from '../handles.js';
import type { Checker, FinalState } from './checker.js';
import { Violation } from './violation.js';

/**
 * Once faults have stopped every open handle of a group shows the same list: exactly the providers
 * whose handles are open.
 */
export class Convergence implements Checker {
  readonly name = 'convergence';
  readonly eventual = true;
  readonly #lists = new Map<string, readonly string[]>();

  handle(event: HandleEvent): void {
    const { record } = event;
    if (event.kind === 'snapshot') this.#lists.set(record.key, event.snapshot.view.providers);
    else if (event.kind === 'approved' || event.kind === 'rejected') {
      if (event.view !== undefined) this.#lists.set(record.key, event.view.providers);
    } else if (event.kind === 'dissolved') this.#lists.set(record.key, []);
    else if (event.kind === 'closed' || event.kind === 'removed') this.#lists.delete(record.key);
  }

  finish(final: FinalState): void {
    const providers = new Map<string, string[]>();
    for (const { role, group, provider } of final.openHandles) {
      if (role !== 'provider' || provider === undefined) continue;
      providers.set(group, [...(providers.get(group) ?? []), provider]);
    }
    for (const { key, group, membership } of final.openHandles) {
      const list = this.#lists.get(key);
      if (list === undefined || !membership) continue;
      const open = [...(providers.get(group) ?? [])].sort().join(' ');
      const shown = [...list].sort().join(' ');
      if (open === shown) continue;
      throw new Violation(this.name, `${key} shows [${shown}] of ${group}, open are [${open}]`);
    }
  }
}
