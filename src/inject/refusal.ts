/** Why a pod that asks for a proxy can't be made. The message is for the one who makes it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** As an HTTP status: the pod or its profile is wrong, or what is needed to judge it can't be had at the moment. */
export type RefusalCode = 400 | 403 | 503;
