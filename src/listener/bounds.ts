/** How long each phase on the clients' side may take, in milliseconds. What each one is stands in the options. */
export interface ClientTimeouts {
  readonly handshake: number;
  readonly head: number;
  readonly body: number;
  readonly document: number;
  readonly answer: number;
  readonly keepAlive: number;
  readonly refusal: number;
}

/** How much clients may have at once. */
export interface ClientLimits {
  readonly connections: number;
  readonly requestsPerConnection: number;
  readonly requestsPerClient: number;
  readonly copies: number;
  readonly refusals: number;
}

export const CLIENT_TIMEOUTS: ClientTimeouts = {
  handshake: 10_000,
  head: 30_000,
  body: 60_000,
  document: 60_000,
  // A slow reader's system announces room in steps of megabytes, minutes apart.
  answer: 300_000,
  keepAlive: 75_000,
  refusal: 5000,
};

export const CLIENT_LIMITS: ClientLimits = {
  connections: 512,
  requestsPerConnection: 32,
  requestsPerClient: 256,
  copies: 8,
  refusals: 64,
};
