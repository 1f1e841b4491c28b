import { appendFile, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { type Configuration, configurationSchema } from './group.js';

/** One line of the record of what a member has put into force. */
const appliedSchema = z.object({ position: z.number(), configuration: configurationSchema });

export type Applied = z.infer<typeof appliedSchema>;

/** The files of one member: what is prepared, what is in force, and the record of all that was. */
export class ConfigurationFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Everything that can fail is done here, while it is still possible to vote against it. */
  async prepare(configuration: Configuration): Promise<void> {
    await writeFile(this.#prepared(configuration.version), JSON.stringify(configuration));
  }

  async discard({ version }: Configuration): Promise<void> {
    await rm(this.#prepared(version), { force: true });
  }

  /** Puts what was prepared into force, in one step. */
  async apply(configuration: Configuration, position: number): Promise<void> {
    await rename(this.#prepared(configuration.version), this.#inForce);
    const applied: Applied = { position, configuration };
    await appendFile(this.#record, `${JSON.stringify(applied)}\n`);
  }

  async inForce(): Promise<Configuration | undefined> {
    const text = await this.#read(this.#inForce);
    return text === '' ? undefined : configurationSchema.parse(JSON.parse(text));
  }

  async applied(): Promise<readonly Applied[]> {
    const lines = (await this.#read(this.#record)).split('\n').filter((line) => line !== '');
    return lines.map((line) => appliedSchema.parse(JSON.parse(line)));
  }

  get #inForce(): string {
    return join(this.#folder, 'configuration.json');
  }

  get #record(): string {
    return join(this.#folder, 'applied');
  }

  #prepared(version: number): string {
    return join(this.#folder, `prepared-${version}.json`);
  }

  /** Nothing, if there is no such file yet. */
  async #read(file: string): Promise<string> {
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw error;
    }
  }
}
