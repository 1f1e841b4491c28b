/** A terminal that shows one picture after the other; what was there before comes back at the end. */
export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(text: string): unknown;
}

const ENTER = '\u001b[?1049h\u001b[?25l';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const REST_OF_LINE = '\u001b[K';
const REST_OF_SCREEN = '\u001b[J';

/** A terminal that does not say how large it is has the usual size. */
export function sizeOf({ columns, rows }: Pick<Terminal, 'columns' | 'rows'>): {
  readonly columns: number;
  readonly rows: number;
} {
  return { columns: columns > 0 ? columns : 80, rows: rows > 0 ? rows : 24 };
}

/**
 * The other screen of a terminal, without a cursor. However the program ends, by a signal, an error that
 * nobody caught or in order, it is left: unless it is killed.
 */
export class Screen {
  readonly #terminal: Terminal;
  #isOpen = true;
  readonly #leave = (): void => this.close();

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    process.once('exit', this.#leave);
    terminal.write(ENTER);
  }

  /** Over the picture before it, without a flicker. */
  show(text: string): void {
    const lines = text.split('\n').slice(0, sizeOf(this.#terminal).rows);
    const picture = lines.map((line) => `${line}${REST_OF_LINE}`).join('\r\n');
    this.#terminal.write(`${HOME}${picture}${REST_OF_SCREEN}`);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    process.off('exit', this.#leave);
    this.#terminal.write(LEAVE);
  }
}
