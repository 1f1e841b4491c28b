import { fileURLToPath } from 'node:url';
import { enter, type Network } from './network.js';
import { Program } from './program.js';
import { type Counters, PERFECT, type Rules } from './switch/rules.js';

const program = fileURLToPath(new URL('../dist/switch.js', import.meta.url));

/** The running switch, as the test sees it. */
export class SwitchControl {
  readonly #program: Program;
  readonly #waiting: Array<(counters: Counters) => void> = [];

  private constructor(network: Network, prefix: string) {
    const argv = [process.execPath, program, String(network.hosts.length), prefix];
    this.#program = new Program({
      label: 'switch',
      argv: enter(network.switchNamespace, argv),
      onLine: (line) => this.#answered(line),
    });
  }

  /** Resolves when frames pass. */
  static async start(network: Network, prefix: string): Promise<SwitchControl> {
    const control = new SwitchControl(network, prefix);
    await control.#program.firstLine();
    return control;
  }

  /** Resolves when every frame is treated so. */
  async apply(rules: Rules): Promise<void> {
    await this.#ask({ rules });
  }

  async counters(): Promise<Counters> {
    return await this.#ask({});
  }

  /** Ends the switch, and with it all processes and namespaces of the testbed. */
  async close(): Promise<void> {
    this.#program.hangUp();
    await this.#program.ended;
  }

  async #ask(command: { readonly rules?: Rules }): Promise<Counters> {
    const answer = new Promise<Counters>((resolve) => this.#waiting.push(resolve));
    this.#program.tell(JSON.stringify(command));
    const gone = this.#program.ended.then(() => {
      throw new Error(`the switch has ended:\n${this.#program.transcript()}`);
    });
    return await Promise.race([answer, gone]);
  }

  #answered(line: string): void {
    // Written by our own switch; its first line, which answers nothing, finds nobody waiting.
    this.#waiting.shift()?.(JSON.parse(line) as Counters);
  }
}

/** What a switch does that was told nothing. */
export const NO_FAULTS: Rules = { cuts: [], quality: PERFECT };
