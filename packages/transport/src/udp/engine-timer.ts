/**
 * The one timer of an engine. A deadline that moves away leaves it running: it looks again when it goes
 * off, which costs less than to set it anew with every step.
 */
export class EngineTimer {
  readonly #due: () => void;
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;
  #firesAt = Number.POSITIVE_INFINITY;
  #deadline = Number.POSITIVE_INFINITY;
  #holds = false;

  constructor(due: () => void) {
    this.#due = due;
  }

  /** `holds`: the process is not to end before. */
  set(deadline: number, holds: boolean): void {
    this.#deadline = deadline;
    if (deadline === Number.POSITIVE_INFINITY) {
      this.#clear();
      return;
    }
    if (deadline < this.#firesAt) {
      this.#clear();
      this.#firesAt = deadline;
      this.#start(holds);
    } else if (holds !== this.#holds) {
      this.#hold(holds);
    }
  }

  #start(holds: boolean): void {
    const waitMs = Math.max(0, Math.ceil(this.#firesAt - performance.now()));
    // What has come meanwhile is read first, or a late timer would ask for what is already here.
    this.#timer = setTimeout(() => {
      this.#immediate = setImmediate(() => this.#fired());
    }, waitMs);
    this.#hold(holds);
  }

  #hold(holds: boolean): void {
    this.#holds = holds;
    if (holds) this.#timer?.ref();
    else this.#timer?.unref();
  }

  #fired(): void {
    this.#clear();
    const deadline = this.#deadline;
    if (performance.now() >= deadline) this.#due();
    else this.set(deadline, this.#holds);
  }

  #clear(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#firesAt = Number.POSITIVE_INFINITY;
  }
}
