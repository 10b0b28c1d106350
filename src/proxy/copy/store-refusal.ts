import type { StoreError } from '../../response/store-error.ts';

/** The store refused one of the requests that a copy is made of; the client gets what it said, made safe. */
export class StoreRefusal extends Error {
  override readonly name = 'StoreRefusal';
  readonly status: number;
  readonly said: StoreError;

  constructor(status: number, said: StoreError) {
    super(said.message);
    this.status = status;
    this.said = said;
  }
}
