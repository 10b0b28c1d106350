import type { Socket } from 'node:net';
import { EncryptedUploads } from '../multipart/encrypted-uploads.ts';
import type { RunningProxy } from '../proxy/serve.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import type { MasterCalls, Opening, TicketKeys, WorkerCalls } from './calls.ts';
import { Channel, type Port } from './channel.ts';
import { SharedDistrust } from './shared-distrust.ts';

/** The master tells all others before it answers, and waits for them for a second at most. In milliseconds. */
const DISTRUST_MS = 2500;

/** Ended connections are told of together, so many milliseconds after the first. */
const TELL_MS = 20;

export type LoadedConfig =
  | { readonly snapshot: Snapshot; readonly digest: string; readonly warnings: string }
  | { readonly cause: string };

/** A worker, as its master sees it: what it may be asked, and what it shares with the other workers. */
export class WorkerSide {
  readonly master: Channel<MasterCalls>;
  readonly distrust = new SharedDistrust((call) => this.master.ask('distrust', call, DISTRUST_MS));
  readonly uploads = new EncryptedUploads(undefined, (seen) => this.master.tell('upload', seen));
  /** Resolves when the master wants no more of this worker, or is gone. */
  readonly dismissed: Promise<'drain' | 'no master'>;
  /** Loads the config as it is now. */
  load: () => Promise<LoadedConfig> = async () => ({ cause: 'the worker has not begun yet' });
  /** Opens the audit log again. */
  reopen: () => void = () => {};
  #tickets: Buffer | undefined;
  #proxy: RunningProxy | undefined;
  #prepared: Snapshot | undefined;
  #ended = 0;

  constructor(port: Port) {
    let drain = (): void => {};
    this.dismissed = new Promise((resolve) => {
      drain = () => resolve('drain');
      port.once('disconnect', () => resolve('no master'));
    });
    this.master = new Channel<MasterCalls>(port, this.#calls(drain));
  }

  /** Takes what the others know. */
  begin({ doubts, uploads, tickets }: Extract<Opening, { kind: 'open' }>): void {
    for (const doubt of doubts) this.distrust.adopt(doubt);
    for (const upload of uploads) this.uploads.learn(upload);
    this.#useTickets(tickets);
  }

  /** From now on it serves. */
  serve(proxy: RunningProxy): void {
    this.#proxy = proxy;
    if (this.#tickets) proxy.setTicketKeys(this.#tickets);
    this.master.tell('serving', {});
  }

  #useTickets({ keys }: TicketKeys): void {
    this.#tickets = Buffer.from(keys, 'base64');
    this.#proxy?.setTicketKeys(this.#tickets);
  }

  #calls(drain: () => void): WorkerCalls {
    return {
      connection: ({ listener }, socket) => {
        this.#take(listener, socket);
        return undefined;
      },
      prepare: async () => {
        const loaded = await this.load().catch((error: unknown) => ({ cause: causeOf(error) }));
        if ('cause' in loaded) return { kind: 'failed', cause: loaded.cause };
        this.#prepared = loaded.snapshot;
        return { kind: 'ready', digest: loaded.digest, warnings: loaded.warnings };
      },
      commit: () => {
        try {
          if (!this.#proxy || !this.#prepared) return { kind: 'failed', cause: 'nothing was prepared' };
          this.#proxy.reload(this.#prepared);
          this.#prepared = undefined;
          return { kind: 'taken' };
        } catch (error) {
          return { kind: 'failed', cause: causeOf(error) };
        }
      },
      abort: () => {
        this.#prepared = undefined;
        return undefined;
      },
      health: () => this.#proxy?.health() ?? {},
      facts: () => ({ facts: this.#proxy?.facts() }),
      figures: async () => ({ figures: (await this.#proxy?.figures()) ?? [] }),
      profile: async ({ seconds }) => (await this.#proxy?.debug.profile(seconds)) ?? {},
      memory: async () => (await this.#proxy?.debug.memory()) ?? {},
      tickets: (keys) => {
        this.#useTickets(keys);
        return undefined;
      },
      doubt: (doubt) => {
        this.distrust.adopt(doubt);
        return {};
      },
      upload: (seen) => {
        this.uploads.learn(seen);
        return undefined;
      },
      reopen: () => {
        this.reopen();
        return undefined;
      },
      drain: () => {
        drain();
        return undefined;
      },
    };
  }

  /** @param socket undefined when the client was gone on the way */
  #take(listener: number, socket: Socket | undefined): void {
    this.master.tell('took', {});
    if (!socket || !this.#proxy) {
      socket?.destroy();
      this.#connectionEnded();
      return;
    }
    socket.once('close', () => this.#connectionEnded());
    this.#proxy.accept(listener, socket);
  }

  #connectionEnded(): void {
    this.#ended += 1;
    if (this.#ended > 1) return;
    setTimeout(() => {
      this.master.tell('closed', { count: this.#ended });
      this.#ended = 0;
    }, TELL_MS).unref();
  }
}

function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
