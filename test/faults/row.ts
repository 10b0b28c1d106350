/** What a store does, one step after the other. Texts are sent one character a byte. */
export type StoreStep =
  /** Waits for the whole body, or for so many bytes of it. */
  | { readonly take: 'body' | number }
  /** `{echo}` becomes the echo of the SSE-C headers of the request, as lines. */
  | { readonly say: string }
  /** Bytes of the object. */
  | { readonly object: readonly [from: number, to: number]; readonly chunked?: true }
  /** The same text again and again, or so many times. */
  | { readonly flood: string; readonly times: number | 'endless'; readonly everyMs?: number }
  /** Stays here until the row says `release`; nobody ever releases `forever`. */
  | { readonly hold: string }
  | { readonly pauseMs: number }
  /** Reads nothing more from the connection, until the test looks at what was taken. */
  | { readonly deaf: true }
  /** `cut` ends TLS without its close_notify; over plain TCP it is a `fin`. */
  | { readonly end: 'fin' | 'reset' | 'cut' };

export interface Behaviour {
  /** `deaf`: no connection is accepted; `closed`: nobody listens. */
  readonly socket?: 'deaf' | 'closed';
  /** With each connection, in place of TLS. */
  readonly handshake?: readonly StoreStep[];
  /** With each connection, before the first request. */
  readonly greeting?: readonly StoreStep[];
  /** The first request gets the first turn, once its head is there; after the last turn requests are served well. */
  readonly turns?: readonly (readonly StoreStep[] | undefined)[];
  /** Does it encrypt? Default true. What does not answers probes without an echo. */
  readonly encrypts?: boolean;
  /** So many milliseconds after an answer it closes the connection, if no other request has come on it: one number for each request in turn. */
  readonly idleCloseMs?: readonly number[];
}

/** What a client does. Without steps it sends everything and waits for the answer. */
export type ClientStep =
  | { readonly send: 'head' | 'last-chunk' | readonly [from: number, to: number] }
  | { readonly sendText: string; readonly everyMs?: number }
  /** Waits until the store holds at this name. */
  | { readonly reached: string }
  | { readonly release: string }
  | { readonly pauseMs: number }
  | { readonly reading: boolean }
  | { readonly until: 'head' | 'answer' | 'closed' }
  | { readonly leave: 'fin' | 'reset' | 'half' };

/** What a client is shown. `none`: its connection ended without an answer. */
export interface Shown {
  readonly status: readonly number[] | 'none';
  /** Of the S3 error document. */
  readonly codes?: readonly string[];
  /** Did the framing end as announced? Default `whole`. A `cut` answer ends with its connection. */
  readonly body?: 'whole' | 'cut';
  /** What a whole body is: so many bytes of the object, or a text. */
  readonly object?: number;
  readonly text?: string;
  /** More of what may be in the answer's head. */
  readonly fields?: Readonly<Record<string, RegExp | 'absent'>>;
}

export interface Line {
  readonly codes?: readonly (string | undefined)[];
  readonly cause?: RegExp;
  readonly attempts?: number;
  readonly level?: 'info' | 'warn';
  readonly status?: number;
}

export interface Ask {
  readonly method?: string;
  /** `plain/…` is left plain, `sealed/…` gets a key; below the row's own bucket. */
  readonly objectKey: string;
  readonly query?: string;
  readonly fields?: readonly string[];
  /** Bytes of the object, or a text. */
  readonly body?: number | string;
  readonly chunked?: true;
  /** Its bytes, in place of what follows from the fields above. */
  readonly raw?: string;
  readonly steps?: readonly ClientStep[];
  /** `same`: as the ask before; `bare`: TCP alone, where a handshake is expected. Default `new`. */
  readonly connection?: 'new' | 'same' | 'bare';
  /** `left`: the client is gone; `refused`: an answer or an end, whichever. One of several is enough. */
  readonly shows: readonly Shown[] | 'left' | 'ended';
  /** One line by default; `none` for what is no request. */
  readonly line?: Line | 'none';
}

export interface Row {
  readonly name: string;
  /** Which part of the contract. */
  readonly kind: 'end' | 'time' | 'retry' | 'limit';
  readonly store: Behaviour;
  readonly asks: readonly Ask[];
  readonly together?: true;
  /** All asks go over one connection, in one write. They have no steps. */
  readonly pipelined?: true;
  /** Milliseconds. All others are far longer than a row may take. */
  readonly timeouts?: Readonly<
    Partial<Record<'connect' | 'headers' | 'idle' | 'document' | 'keepAlive', number>>
  >;
  /** More options of the upstream, as they stand in the config. */
  readonly upstream?: Readonly<Record<string, unknown>>;
  /** Where the row makes sense. Default both. */
  readonly over?: Way;
  /** What must be found at the store, the proxy's own probes left out. */
  readonly taken?: {
    readonly requests?: readonly number[];
    readonly whole?: number;
    readonly connections?: readonly number[];
  };
  /** Writes that the metrics count as unproven. */
  readonly unproven?: number;
}

/** Towards the store and towards the client alike. */
export type Way = 'plain' | 'tls';

/** A request as the store took it. */
export interface Taken {
  readonly connection: number;
  readonly method: string;
  readonly target: string;
  readonly fields: readonly (readonly [string, string])[];
  readonly framing: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly whole: boolean;
}

export interface Records {
  readonly requests: readonly Taken[];
  /** How each connection ended; `store`: by the row. */
  readonly connections: readonly ('open' | 'fin' | 'reset' | 'store')[];
  readonly faults: readonly string[];
}
