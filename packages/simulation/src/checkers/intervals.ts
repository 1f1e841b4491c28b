/** A set of whole numbers kept as ranges that do not touch. */
export class Intervals {
  #ranges: { readonly from: number; readonly to: number }[] = [];

  has(value: number): boolean {
    return this.#ranges.some(({ from, to }) => from <= value && value <= to);
  }

  /** Whether every number in [from, to] is in it. */
  covers(from: number, to: number): boolean {
    return this.#ranges.some((range) => range.from <= from && to <= range.to);
  }

  /** Adds every number in [from, to]; nothing when the range is empty. */
  add(from: number, to: number): void {
    if (from > to) return;
    const touching = this.#ranges.filter((range) => range.from <= to + 1 && range.to >= from - 1);
    const merged = {
      from: Math.min(from, ...touching.map((range) => range.from)),
      to: Math.max(to, ...touching.map((range) => range.to)),
    };
    this.#ranges = [...this.#ranges.filter((range) => !touching.includes(range)), merged];
  }
}
