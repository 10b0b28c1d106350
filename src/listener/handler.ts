import type { IncomingMessage, ServerResponse } from 'node:http';

/** What serves the requests of a listener. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void;
