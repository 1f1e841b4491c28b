import type { Logger } from '../logger.js';
import { ProgramFailure } from '../run-program.js';
import { WatchedFiles } from './watched-files.js';

/**
 * A file of an operator that is read again when it changes. What cannot be used then leaves the former
 * content in force, and the log says why.
 */
export class ReloadedFile<Content> {
  readonly #options: ReloadedFileOptions<Content>;
  readonly #files: WatchedFiles;
  readonly #tell = new Set<(content: Content) => void>();
  #content: Content;

  /** @throws ProgramFailure */
  constructor(options: ReloadedFileOptions<Content>) {
    this.#options = options;
    try {
      this.#content = options.read();
    } catch (error) {
      throw new ProgramFailure(textOf(error), { cause: error });
    }
    this.#files = new WatchedFiles([options.path], () => this.#readAgain());
    this.#files.start();
  }

  get content(): Content {
    return this.#content;
  }

  /** Is told of each new content; gives what ends that. */
  onChange(tell: (content: Content) => void): () => void {
    this.#tell.add(tell);
    return () => void this.#tell.delete(tell);
  }

  reload(): void {
    this.#files.reload();
  }

  close(): void {
    this.#files.close();
  }

  #readAgain(): void {
    const { what, read, logger } = this.#options;
    try {
      this.#content = read();
    } catch (error) {
      logger.error(`${what} stay as they were: ${textOf(error)}`);
      return;
    }
    logger.info(`${what} were read again`);
    for (const tell of this.#tell) tell(this.#content);
  }
}

export interface ReloadedFileOptions<Content> {
  readonly path: string;
  /** For people: `the tokens`. */
  readonly what: string;
  /** Reads and checks it; throws an error whose message names the file and its mistakes. */
  readonly read: () => Content;
  readonly logger: Logger;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
