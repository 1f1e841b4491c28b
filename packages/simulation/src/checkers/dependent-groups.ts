import type { GroupName } from '@group-services/core';
import type { HandleEvent, HandleRecord } from '../handles.js';
import type { Checker, FinalState } from './checker.js';
import { Violation } from './violation.js';

/**
 * Target groups (`external-layer.md` §3.12): a process that provides both groups sees its node's loss of the
 * source before it sees who is cast out there; and when all is at rest, nobody provides a target group on a
 * node where nobody provides its source.
 */
export class DependentGroups implements Checker {
  readonly name = 'dependent-groups';
  readonly eventual = true;
  /** What each group depends on, by what its new providers were told; a life without is forgotten. */
  readonly #sources = new Map<string, GroupName>();
  /** By client and group: what its provider has seen. */
  readonly #seen = new Map<string, Seen>();
  readonly #step = { now: 0 };

  handle(event: HandleEvent): void {
    const { record } = event;
    if (record.role !== 'provider') return;
    this.#step.now += 1;
    if (event.kind === 'snapshot') return this.#begun(record, event);
    if (event.kind === 'removed' || event.kind === 'closed') {
      const seen = this.#seen.get(keyOf(record));
      if (seen?.record === record) this.#seen.delete(keyOf(record));
      return;
    }
    if (event.kind !== 'approved' && event.kind !== 'rejected') return;
    for (const { provider, reason } of event.message.membership?.left ?? []) {
      if (reason === 'cast-out') this.#castOut(record, provider);
    }
    if (event.view !== undefined) this.#look(record, event.view.providers);
  }

  finish({ openHandles }: FinalState): void {
    const provided = new Set(
      openHandles
        .filter(({ role, provider }) => role === 'provider' && provider !== undefined)
        .map(({ daemon, group }) => `${daemon} ${group}`),
    );
    for (const { daemon, group, key, role, provider } of openHandles) {
      const source = this.#sources.get(group);
      if (role !== 'provider' || provider === undefined || source === undefined) continue;
      if (provided.has(`${daemon} ${source}`)) continue;
      const what = `${key} still provides ${group} on ${daemon}, where nobody provides ${source}`;
      throw new Violation(this.name, what);
    }
  }

  #begun(record: HandleRecord, event: Extract<HandleEvent, { kind: 'snapshot' }>): void {
    const source = event.attributes?.source;
    if (source === undefined) this.#sources.delete(record.group);
    else this.#sources.set(record.group, source);
    const began = this.#step.now;
    const seen: Seen = { record, began, since: new Map(), without: new Map(), nodes: new Set() };
    this.#seen.set(keyOf(record), seen);
    this.#look(record, event.snapshot.view.providers);
  }

  /** Since when each provider is listed, and when each node had none last. */
  #look(record: HandleRecord, providers: readonly string[]): void {
    const seen = this.#seen.get(keyOf(record));
    if (seen === undefined) return;
    const { now } = this.#step;
    const nodes = new Set(providers.map(nodeOfProvider));
    for (const node of seen.nodes) if (!nodes.has(node)) seen.without.set(node, now);
    seen.nodes = nodes;
    for (const provider of providers) {
      if (!seen.since.has(provider)) seen.since.set(provider, now);
    }
    for (const provider of seen.since.keys()) {
      if (!providers.includes(provider)) seen.since.delete(provider);
    }
  }

  #castOut(record: HandleRecord, provider: string): void {
    const source = this.#sources.get(record.group);
    const target = this.#seen.get(keyOf(record));
    const seen = this.#seen.get(`${record.client} ${source}`);
    const since = target?.since.get(provider);
    if (source === undefined || seen === undefined || since === undefined) return;
    const node = nodeOfProvider(provider);
    // Whoever has joined the source since may have been shown a list without that node from the start.
    if (!seen.nodes.has(node) || seen.began > since) return;
    if ((seen.without.get(node) ?? 0) > since) return;
    const what = `${record.key} sees ${provider} cast out of ${record.group}`;
    throw new Violation(this.name, `${what}, and ${node} has always been in ${source} for it`);
  }
}

interface Seen {
  readonly record: HandleRecord;
  readonly began: number;
  readonly since: Map<string, number>;
  readonly without: Map<string, number>;
  /** With a provider at present. */
  nodes: Set<string>;
}

function keyOf({ client, group }: HandleRecord): string {
  return `${client} ${group}`;
}

function nodeOfProvider(provider: string): string {
  return provider.slice(0, provider.indexOf('/'));
}
