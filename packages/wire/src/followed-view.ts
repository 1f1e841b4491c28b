import type { ClientView, ViewChange } from './client-messages.js';
import type { LabelsOfProviders } from './labels.js';

/**
 * The list of one handle, kept from a snapshot and the changes after it (M29): frames carry the change
 * alone, so that a group of many learns of one more in a few bytes. Lists are never changed in place,
 * whoever has one may keep it.
 */
export class FollowedView {
  #view: ClientView;
  readonly #ids: Map<number, string>;
  readonly #numbers: Map<string, number>;

  constructor(view: ClientView) {
    const { providers, numbers } = view;
    this.#view = view;
    this.#ids = new Map(numbers.map((no, index) => [no, providers[index] ?? '']));
    this.#numbers = new Map(providers.map((id, index) => [id, numbers[index] ?? 0]));
  }

  get view(): ClientView {
    return this.#view;
  }

  /** Whose number this is, as `message` frames name senders; undefined: nobody's on the list. */
  idOf(no: number): string | undefined {
    return this.#ids.get(no);
  }

  /**
   * The next list: the old one without those who left, with the joined at its end. False when the
   * change cannot follow this list; the list is then of no use any more.
   */
  apply({ version, fence, joined, numbers, left, labels }: ViewChange): boolean {
    const before = this.#view;
    if (version !== before.version + 1 || joined.length !== numbers.length) return false;
    for (const { provider } of left) if (!this.#forget(provider)) return false;
    const stay = left.length === 0 ? before : this.#staying();
    for (const [index, id] of joined.entries()) if (!this.#add(id, numbers[index])) return false;
    this.#view = {
      version,
      fence,
      providers: [...stay.providers, ...joined],
      numbers: [...stay.numbers, ...numbers],
      labels: this.#labels(before.labels, left.length > 0, labels),
    };
    return true;
  }

  /** Undefined as long as nobody has any. */
  #labels(
    before: LabelsOfProviders | undefined,
    isLess: boolean,
    added: LabelsOfProviders | undefined,
  ): LabelsOfProviders | undefined {
    if (before === undefined || (!isLess && added === undefined)) return added ?? before;
    const stay = Object.entries(before).filter(([id]) => this.#numbers.has(id));
    const all = [...stay, ...Object.entries(added ?? {})];
    return all.length === 0 ? undefined : Object.fromEntries(all);
  }

  #staying(): Pick<ClientView, 'providers' | 'numbers'> {
    const { providers, numbers } = this.#view;
    return {
      providers: providers.filter((id) => this.#numbers.has(id)),
      numbers: numbers.filter((no) => this.#ids.has(no)),
    };
  }

  #forget(id: string): boolean {
    const no = this.#numbers.get(id);
    if (no === undefined) return false;
    this.#numbers.delete(id);
    return this.#ids.delete(no);
  }

  #add(id: string, no: number | undefined): boolean {
    if (no === undefined || this.#ids.has(no) || this.#numbers.has(id)) return false;
    this.#ids.set(no, id);
    this.#numbers.set(id, no);
    return true;
  }
}
