/** A wait that can be ended before its time. */
export class Pause {
  #over = null;
  #wasEnded = false;

  /** Wait so long, or until `end` is called; not at all if it was called since the last wait. */
  async wait(ms) {
    if (!this.#wasEnded) {
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#over = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#over = null;
    this.#wasEnded = false;
  }

  /** Go on now. */
  end() {
    this.#wasEnded = true;
    this.#over?.();
  }
}
