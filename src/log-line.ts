/** What the one log line of a request may hold. Nothing secret: ids and fingerprints only. What has no name here is not printed. */
export interface RequestFields {
  /** 16 hex digits: in the response's `x-amz-request-id`, in errors and in the log. */
  id?: string;
  method?: string;
  status?: number;
  ms?: number;
  client?: string;
  op?: string;
  bucket?: string;
  objectKey?: string;
  rule?: string;
  /** Where it went, unless that is the default upstream. */
  upstream?: string;
  /** The id of the SSE-C key that went to the store last. */
  ssecKeyId?: string;
  /** How many requests to the store it took. */
  attempts?: number;
  /** The object that was read is stored in plain, under an encrypting rule. */
  plain?: true;
  upstreamStatus?: number;
  upstreamRequestId?: string;
  /** Code of the S3 error that the client got. */
  code?: string;
  /** For operators: what lies behind the error. */
  cause?: string;
  /** The address of the client. */
  remote?: string | undefined;
}

/** In the order in which they are printed. */
const FIELDS = Object.keys({
  id: 0,
  method: 0,
  status: 0,
  ms: 0,
  client: 0,
  op: 0,
  bucket: 0,
  objectKey: 0,
  rule: 0,
  upstream: 0,
  ssecKeyId: 0,
  attempts: 0,
  plain: 0,
  upstreamStatus: 0,
  upstreamRequestId: 0,
  code: 0,
  cause: 0,
  remote: 0,
} satisfies Record<keyof RequestFields, 0>) as readonly (keyof RequestFields)[];

/** As pino writes them. */
const LEVELS = { info: 30, warn: 40 } as const;

export type RequestLevel = keyof typeof LEVELS;

/** The log line of a request, from its fixed set of fields. */
export function requestLine(level: RequestLevel, fields: RequestFields): string {
  let text = begun(level);
  for (const name of FIELDS) {
    const value = fields[name];
    if (value !== undefined) text += `"${name}":${JSON.stringify(value)},`;
  }
  return `${text}"msg":"request"}\n`;
}

/** The line that stands where others are missing. */
export function droppedLine(count: number, cause: string): string {
  return `${begun('warn')}"dropped":${count},"cause":${JSON.stringify(cause)},"msg":"log lines were dropped"}\n`;
}

function begun(level: RequestLevel): string {
  return `{"level":${LEVELS[level]},"time":"${new Date().toISOString()}",`;
}
