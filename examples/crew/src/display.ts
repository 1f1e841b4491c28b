/** The crew's progress: a bar that is drawn over itself on a terminal, a line per tenth elsewhere. */
export class Display {
  readonly #total: number;
  readonly #terminal = process.stdout.isTTY === true;
  #tenth = -1;
  #drawn = false;

  constructor(total: number) {
    this.#total = total;
  }

  progress(done: number, members: number): void {
    const share = this.#total === 0 ? 1 : done / this.#total;
    const tenth = Math.floor(share * 10);
    if (!this.#terminal && tenth === this.#tenth) return;
    this.#tenth = tenth;
    const bar = '#'.repeat(Math.round(share * 30)).padEnd(30, '.');
    const text = `[${bar}] ${done}/${this.#total} files, ${members} members`;
    process.stdout.write(this.#terminal ? `\r${text}` : `${text}\n`);
    this.#drawn = this.#terminal;
  }

  say(text: string): void {
    if (this.#drawn) process.stdout.write('\n');
    this.#drawn = false;
    process.stdout.write(`${text}\n`);
  }
}
