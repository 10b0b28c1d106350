/**
 * Resolves with the name of the first SIGTERM or SIGINT. A second one ends the process at once, because its sender does
 * not want to wait for the drain.
 */
export function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let seen = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (seen) process.exit(130);
      seen = true;
      resolve(signal);
    };
    process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  });
}

/**
 * What a signal asks for, once there is something that does it; until then it is remembered that it was asked. Made before
 * anything else: a signal that nobody listens for ends the process.
 */
export class RememberedSignal {
  #asked = false;
  #act: (() => void) | undefined;

  constructor(signal: NodeJS.Signals) {
    process.on(signal, () => {
      this.#asked = true;
      this.#act?.();
    });
  }

  use(act: () => void): void {
    this.#act = act;
    if (this.#asked) act();
  }
}
